//! Time-based one-time passwords (RFC 6238) as every authenticator app makes them: SHA-1, 30 seconds, six digits; and
//! the base32 (RFC 4648) in which they take a seed.

use ring::hmac;
use subtle::ConstantTimeEq;

const STEP: u64 = 30;

/// A clock may be half a minute off, either way.
pub(crate) fn matches(seed: &[u8], code: &str, now: u64) -> bool {
    let step = now / STEP;
    [step.saturating_sub(1), step, step + 1]
        .iter()
        .any(|&step| format!("{:06}", hotp(seed, step) % 1_000_000).as_bytes().ct_eq(code.as_bytes()).into())
}

/// RFC 4226, before it is cut to some number of digits.
fn hotp(seed: &[u8], counter: u64) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, seed);
    let digest = hmac::sign(&key, &counter.to_be_bytes());
    let digest = digest.as_ref();
    let offset = usize::from(digest[digest.len() - 1] & 0xf);
    let bytes: [u8; 4] = digest[offset..offset + 4].try_into().expect("offset is at most 15 of 20");
    u32::from_be_bytes(bytes) & 0x7fff_ffff
}

/// Without padding, which authenticator apps don't want.
pub(crate) fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    bytes
        .chunks(5)
        .flat_map(|chunk| {
            let mut five = [0; 8];
            five[3..3 + chunk.len()].copy_from_slice(chunk);
            let bits = u64::from_be_bytes(five);
            (0..(chunk.len() * 8).div_ceil(5))
                .map(move |i| ALPHABET[(bits >> (35 - 5 * i)) as usize & 31] as char)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, its SHA-1 rows.
    #[test]
    fn vectors_of_rfc_6238() {
        for (time, code) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            assert_eq!(hotp(b"12345678901234567890", time / STEP) % 100_000_000, code);
        }
    }

    #[test]
    fn a_code_is_good_for_its_step_and_the_neighbours() {
        let seed = b"12345678901234567890";
        for (now, good) in [(0, true), (59, true), (89, true), (90, false)] {
            assert_eq!(matches(seed, "287082", now), good, "at {now}");
        }
        assert!(!matches(seed, "", 59));
    }

    /// RFC 4648, section 10, less the padding.
    #[test]
    fn vectors_of_rfc_4648() {
        for (clear, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(clear.as_bytes()), text);
        }
    }
}
