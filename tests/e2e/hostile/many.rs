//! Thousands of values, made anew at each run, and the smallest of those that fail.

use std::time::Instant;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use secrecy::ExposeSecret;
use turnlock::policy::{Format, Paths, RenderedFile};
use turnlock::secret::{Passed, Value, Values};
use turnlock::template::{Template, TemplateError};

/// How often a failing case may be made smaller: each try asks a real reader.
const TRIES: usize = 200;

/// What a value can be: imported ones are anything.
pub(super) fn values() -> impl Strategy<Value = String> {
    let letter = prop_oneof![
        6 => proptest::char::range('a', 'z'),
        8 => proptest::sample::select(r##"$#'"\=`{}()[]!&;|<>%+,:@/?*~^- .0_"##.chars().collect::<Vec<_>>()),
        2 => proptest::sample::select("\t ".chars().collect::<Vec<_>>()),
        1 => proptest::sample::select("\n\r\u{1}\u{1b}\u{7f}".chars().collect::<Vec<_>>()),
        1 => proptest::sample::select("é漢🔑\u{85}\u{a0}\u{ad}\u{2028}\u{feff}ß".chars().collect::<Vec<_>>()),
    ];
    let anything = vec(letter, 1..24).prop_map(|letters| letters.into_iter().collect::<String>());
    let printable = vec(proptest::char::range(' ', '~'), 1..40).prop_map(String::from_iter);
    let padded = (anything.clone(), 0..4_usize).prop_map(|(text, blanks)| text + &" ".repeat(blanks));
    let long = (anything.clone(), 1..4_usize).prop_map(|(text, n)| text.repeat(n * 4096 / text.len()));
    prop_oneof![20 => anything, 8 => printable, 4 => padded, 1 => long]
}

/// Each printable character by itself and between letters, 64 KiB, and what people have stumbled over.
pub(super) fn known() -> Vec<String> {
    let mut known: Vec<String> = (' '..='~')
        .flat_map(|c| [c.to_string(), format!("a{c}b"), format!("a{c}"), format!("{c}a")])
        .collect();
    known.extend(["a".repeat(1 << 16), "'\"$#\\ ".repeat(11_000), "a ".repeat(1 << 15)]);
    let stumbled = [
        "trailing ",
        " leading",
        "it's",
        r"ends with \",
        r"\'",
        r"\\",
        r"\n",
        "${HOME}",
        "$HOME",
        "$$",
        "$(id)",
        "`id`",
        "a #b",
        "#a",
        "a#b",
        "'quoted'",
        "\"quoted\"",
        "'",
        "\"",
        "a\nb",
        "a\r\nb",
        "x'\nEVIL='y",
        "x\"\nEVIL=\"y",
        "a\tb",
        "a=b",
        "=",
        "export A=b",
        "{{ x }}",
        "%41",
        "%",
        "%zz",
        "+",
        "a+b c",
        "p@ss:w/rd?#",
        "ключ",
        "👍🏽",
        "\u{feff}bom",
        "no\u{a0}break",
        "yes",
        "null",
        "1e3",
        "0x1f",
        "012",
        "~",
        "- a",
        "a: b",
        "[a]",
        "{a}",
        "*a",
        "&a",
        "!a",
        "|",
        ">",
        "%a",
        "@a",
        "---",
    ];
    known.extend(stumbled.map(str::to_owned));
    known
}

/// Where the random ones begin: `TURNLOCK_TEST_SEED`, or anywhere; printed, so that a failure can be had again.
pub(super) fn seed() -> u64 {
    let given =
        std::env::var("TURNLOCK_TEST_SEED").ok().map(|text| text.parse().expect("a seed is a number"));
    given.unwrap_or_else(rand::random)
}

pub(super) fn runner(seed: u64) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// Asks `wrong` about all the known values and so many random ones, all at once; what is wrong with one is then made as small
/// as it goes.
#[track_caller]
pub(super) fn hold_for_all<C: Clone + std::fmt::Debug>(
    what: &str,
    known: Vec<C>,
    random: usize,
    strategy: impl Strategy<Value = C>,
    wrong: impl Fn(&[C]) -> Vec<Option<String>>,
) {
    let (seed, began) = (seed(), Instant::now());
    let mut runner = runner(seed);
    let mut trees: Vec<_> = (0..random).map(|_| strategy.new_tree(&mut runner).expect("a value")).collect();
    let mut cases = known.clone();
    cases.extend(trees.iter().map(ValueTree::current));
    let found = wrong(&cases);
    assert_eq!(found.len(), cases.len());
    println!("{what}: {} cases in {:.1?}, seed {seed}", cases.len(), began.elapsed());
    let Some(at) = found.iter().position(Option::is_some) else { return };
    let said = found[at].clone().unwrap_or_default();
    let many = found.iter().flatten().count();
    if at < known.len() {
        panic!("{what}: {many} are wrong, seed {seed}; one of them: {:?}: {said}", cases[at]);
    }
    let smallest = smallest(&mut trees[at - known.len()], &wrong);
    let said = wrong(std::slice::from_ref(&smallest)).remove(0).unwrap_or(said);
    panic!("{what}: {many} are wrong, seed {seed}; one of them, made small: {smallest:?}: {said}");
}

fn smallest<C>(tree: &mut impl ValueTree<Value = C>, wrong: &impl Fn(&[C]) -> Vec<Option<String>>) -> C {
    for _ in 0..TRIES {
        let fails = wrong(&[tree.current()])[0].is_some();
        if !(if fails { tree.simplify() } else { tree.complicate() }) {
            break;
        }
    }
    // The last step may have gone too far.
    while wrong(&[tree.current()])[0].is_none() && tree.complicate() {}
    tree.current()
}

/// What the agent makes of a template with this value in it, or why it does not.
pub(super) fn render(format: Format, template: &str, value: &str) -> Result<String, TemplateError> {
    let name: turnlock::secret::Name = "SECRET".parse().expect("a name");
    let file = RenderedFile {
        path: "out".into(),
        template_file: "out.tmpl".into(),
        template: String::new(),
        reads: [name.clone()].into(),
        passthrough: Default::default(),
        owner: 0,
        group: 0,
        mode: 0o600,
        format,
        consumers: Default::default(),
    };
    let paths = Paths {
        mount: "secret".into(),
        prefix: "shop".into(),
        staging: "turnlock".into(),
        owner: "shop".into(),
        role: "turnlock-shop".into(),
    };
    let mut values = Values::default();
    values.insert(name, 1, Value::new(value.into()));
    let rendered = Template::parse(template)?.render_values(&file, &paths, &values, &Passed::default())?;
    #[expect(clippy::disallowed_methods, reason = "a test looks at what it made up")]
    let text = rendered.expose_secret().to_owned();
    Ok(text)
}

/// An action that prints the value, piped through more.
pub(super) fn action(piped: &str) -> String {
    format!("{{{{ with secret \"secret/data/shop/SECRET\" }}}}{{{{ .Data.data.value{piped} }}}}{{{{ end }}}}")
}

/// A refusal is a sentence without the value in it.
pub(super) fn refusal_is_wrong(error: &TemplateError, value: &str) -> Option<String> {
    let said = error.to_string();
    let told = value.len() >= 8 && said.contains(value);
    (told || said.len() > 400).then(|| "the refusal tells the value".to_owned())
}
