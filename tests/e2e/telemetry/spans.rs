//! The spans in a real collector's own log (it prints each that it receives).

use std::collections::BTreeMap;

use turnlock_tests::Stack;

#[derive(Clone, Debug, Default)]
pub(crate) struct Span {
    pub(crate) trace: String,
    pub(crate) parent: String,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) status: String,
    pub(crate) message: String,
    pub(crate) attributes: BTreeMap<String, String>,
    /// Trace and span.
    pub(crate) links: Vec<(String, String)>,
}

impl Span {
    pub(crate) fn get(&self, attribute: &str) -> &str {
        self.attributes.get(attribute).map_or("", String::as_str)
    }
}

pub(crate) fn all(log: &str) -> Vec<Span> {
    let (mut spans, mut section) = (Vec::<Span>::new(), "");
    for line in log.lines() {
        if line.starts_with("Span #") {
            spans.push(Span::default());
        }
        if matches!(line, "Attributes:" | "Events:" | "Links:") || line.starts_with("Span #") {
            section = line;
        }
        let Some(span) = spans.last_mut() else { continue };
        let item = line.trim().strip_prefix("-> ").and_then(|pair| pair.split_once(": "));
        match (section, item) {
            // They are the program's own log, which is read elsewhere.
            ("Events:", _) => {}
            ("Links:", Some(("Trace ID", id))) => span.links.push((id.to_owned(), String::new())),
            ("Links:", Some(("ID", id))) => span.links.last_mut().expect("a link").1 = id.to_owned(),
            ("Attributes:", Some((name, value))) => {
                let inside = ["Str(", "Int("].iter().find_map(|k| value.strip_prefix(k)?.strip_suffix(')'));
                let before = span.attributes.insert(name.to_owned(), inside.unwrap_or(value).to_owned());
                assert_eq!(before, None, "{name} twice in {}", span.name);
            }
            _ => field(span, line),
        }
    }
    spans
}

fn field(span: &mut Span, line: &str) {
    let Some((key, value)) = line.split_once(':') else { return };
    let field = match key.trim() {
        "Trace ID" => &mut span.trace,
        "Parent ID" => &mut span.parent,
        "ID" => &mut span.id,
        "Name" => &mut span.name,
        "Kind" => &mut span.kind,
        "Status code" => &mut span.status,
        "Status message" => &mut span.message,
        _ => return,
    };
    *field = value.trim().to_owned();
}

/// The spans of the newest rotation, the root first.
pub(crate) fn newest(stack: &Stack) -> Vec<Span> {
    let shown = stack.turnlock("audit show last --json").ok().json();
    of(stack, "turnlock.rotation", shown["rotation"].as_str().expect("an id"))
}

/// The trace whose root has this attribute. Every span of it hangs on another one of it, or on the caller's.
pub(crate) fn of(stack: &Stack, attribute: &str, value: &str) -> Vec<Span> {
    let is_root = |s: &Span| s.name == "rotation" && s.get(attribute) == value;
    let root = || all(&stack.logs("otel")).into_iter().rfind(is_root);
    stack.until("the collector has the trace", 5, || root().is_some());
    let root = root().expect("waited for");
    let all = all(&stack.logs("otel")).into_iter();
    let mut trace: Vec<Span> = all.filter(|s| s.trace == root.trace && s.id != root.id).collect();
    trace.insert(0, root);
    let caller = Some(&trace[0].parent).filter(|parent| !parent.is_empty());
    for span in trace.iter().skip(1) {
        let hangs = Some(&span.parent) == caller || trace.iter().any(|s| s.id == span.parent);
        assert!(hangs, "{} hangs on nothing", span.name);
    }
    trace
}
