//! Runs the 98 inclusion and 98 consistency vectors of transparency-dev/merkle, most of them broken proofs that must be
//! refused, from a clone of it: `cargo run -p turnlock-audit --example rfc6962_vectors -- .../merkle/testdata`.

use std::fs;
use std::path::Path;

use turnlock_audit::Head;
use turnlock_audit::merkle::{Hash, verify_consistency, verify_inclusion};

fn main() {
    let folder = std::env::args().nth(1).expect("the folder `testdata` of a clone");
    let counts = |kind: &str, check: &dyn Fn(&serde_json::Value) -> bool| {
        let (mut all, mut good) = (0, 0);
        let mut folders = vec![Path::new(&folder).join(kind)];
        while let Some(folder) = folders.pop() {
            for file in fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
                if file.is_dir() {
                    folders.push(file);
                    continue;
                }
                let case: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
                assert_eq!(check(&case), !case["wantErr"].as_bool().unwrap(), "{}", file.display());
                all += 1;
                good += usize::from(check(&case));
            }
        }
        (all, good)
    };
    let inclusion = counts("inclusion", &|case| {
        let (Some(root), Some(leaf)) = (loose(&case["root"]), loose(&case["leafHash"])) else { return false };
        let head = Head { size: case["treeSize"].as_u64().unwrap(), root };
        verify_inclusion(&leaf, case["leafIdx"].as_u64().unwrap(), &head, &proof(case)).is_ok()
    });
    let consistency = counts("consistency", &|case| {
        let head = |n| {
            let size = case[format!("size{n}")].as_u64().unwrap();
            loose(&case[format!("root{n}")]).map(|root| Head { size, root })
        };
        let (Some(old), Some(new)) = (head(1), head(2)) else { return false };
        verify_consistency(&old, &new, &proof(case)).is_ok()
    });
    println!("inclusion {inclusion:?}, consistency {consistency:?} (all, good)");
    assert_eq!((inclusion.0, consistency.0), (98, 98));
}

/// Some of them put another number of bytes in the place of a hash. Ours can't be given that: nothing is refused
/// by its type, and anything else is cut or filled up.
fn loose(base64: &serde_json::Value) -> Option<Hash> {
    let bytes = decode(base64.as_str().unwrap());
    let mut hash = [0; 32];
    hash.iter_mut().zip(&bytes).for_each(|(to, from)| *to = *from);
    (!bytes.is_empty()).then_some(hash)
}

fn proof(case: &serde_json::Value) -> Vec<Hash> {
    let list = case["proof"].as_array();
    list.map(|list| list.iter().map(|hash| loose(hash).unwrap_or_default()).collect()).unwrap_or_default()
}

fn decode(base64: &str) -> Vec<u8> {
    let digit =
        |c| b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".iter().position(|d| *d == c);
    let digits: Vec<usize> = base64.bytes().filter_map(digit).collect();
    let bytes = digits.chunks(4).flat_map(|chunk| {
        let word = chunk.iter().fold(0, |word, digit| word << 6 | digit) << (6 * (4 - chunk.len()));
        [16, 8, 0].into_iter().take(chunk.len() - 1).map(move |shift| (word >> shift) as u8)
    });
    bytes.collect()
}
