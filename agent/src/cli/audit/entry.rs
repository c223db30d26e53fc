//! One entry, told: what, when, who, why; and the proof that it stands in the log.

use turnlock_audit::{Direction, Entry, FORMAT, Listed, Phase, Reader, merkle};

use super::fields::Fields;
use super::page::Page;
use crate::cli::out::moment;
use crate::cli::{Code, Error};
use crate::progress::RESOLVE;

/// What is done, in a few words, for each kind of entry that this version knows.
const KINDS: [(&str, &str); 18] = [
    ("rotation", "a rotation, from its plan to its end"),
    ("stage", "new values are put into Vault, on a mount of their own"),
    ("apply", "a target is made to hold the values"),
    ("verify", "every place is asked to prove what it holds"),
    ("promote", "the new values become Vault's newest versions"),
    ("retire", "what is left of the old values is cleared away"),
    ("refusal", "something that was asked for, and not begun"),
    ("alarm", "somebody has to look at this now"),
    ("import", "a value of the running stack is taken into Vault"),
    ("repair", "a place is brought back to the current version"),
    ("recapture", "a value that a restored Vault had lost is read back from the stack"),
    ("manual", "a change by hand is taken over; no rotation"),
    ("setup", "a setting of Vault is made"),
    ("enroll", "the agent's first login is taken out of its wrapping"),
    ("lease", "the right to act is taken"),
    ("posture", "the log's own protection is looked at"),
    ("move", "the log is moved to another store"),
    (RESOLVE, "a person decides what becomes of a rotation that was cut short"),
];

pub(super) fn kind(action: &str) -> Option<&'static str> {
    KINDS.iter().find(|(known, _)| *known == action).map(|(_, what)| *what)
}

pub(super) async fn tell(reader: &Reader, listed: &Listed) -> Result<String, Error> {
    let fields = Fields::of(listed);
    let mut page = Page::default();
    match &listed.entry {
        Some(entry) => interpreted(&mut page, &fields, entry),
        None => page.title(&not_interpreted(&fields)),
    }
    recorded(&mut page, listed);
    page.field("leaf", &hex::encode(listed.leaf));
    page.field("proof", &proof(reader, listed).await?);
    if listed.entry.is_none() {
        page.heading("As it stands there");
        page.line(2, &String::from_utf8_lossy(&listed.body));
    }
    Ok(page.text())
}

/// What is said of an entry that a newer version wrote.
pub(super) fn not_interpreted(fields: &Fields<'_>) -> String {
    let format = fields.text("format");
    format!(
        "Entry {}: intact, not interpreted: its format is {}, and this version reads up to {FORMAT}; use a newer one",
        fields.listed.seq,
        if format.is_empty() { "unknown" } else { &format },
    )
}

fn interpreted(page: &mut Page, fields: &Fields<'_>, entry: &Entry) {
    page.title(&format!("Entry {}", fields.listed.seq));
    let target = fields.text("target");
    let what = [fields.action(), target].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" ");
    page.field("what", &format!("{what}: {}", fields.outcome()));
    match kind(&entry.action) {
        Some(kind) => page.field("", kind),
        None => page.field("", "a kind that this version doesn't know: intact, and shown as it is"),
    }
    page.field("phase", phase(entry.phase));
    page.field("when", &format!("{}, by the clock of whoever wrote it", moment(entry.at)));
    who(page, fields);
    if let Some(rotation) = &entry.rotation {
        let step = entry.step.map_or(String::new(), |step| format!(", step {}", u64::from(step) + 1));
        let way = match entry.direction {
            Some(Direction::Back) => ", on the way back",
            Some(Direction::Forward) | None => "",
        };
        page.field("rotation", &format!("{rotation}{step}{way}"));
    }
    each(page, "secret", fields.changes());
    page.field("error", entry.error.as_deref().unwrap_or_default());
    each(page, "noted", fields.notes());
    page.field("plan", &fields.text("plan_hash"));
    page.field("epoch", &fields.text("epoch"));
    each(page, "vault", fields.request_ids().iter().map(|id| format!("request {id}")));
    page.field("trace", &fields.text("trace_id"));
    page.field("span", &fields.text("span_id"));
    page.field("written by", &format!("{}, format {}", entry.agent, entry.format));
    rest(page, fields);
}

/// Who asked, with what is only asserted marked as such; who acted; why.
pub(super) fn who(page: &mut Page, fields: &Fields<'_>) {
    page.field("asked by", &fields.text("requester"));
    let asserted = asserted(fields);
    if !asserted.is_empty() {
        page.field("", &format!("asserted by the process that asked, and vouched for by nobody: {asserted}"));
    }
    page.field("done by", &fields.text("actor"));
    let trigger = fields.text("trigger");
    if !trigger.is_empty() {
        page.field("why", &format!("trigger: {trigger}"));
    }
    page.field("reason", &fields.text("reason"));
}

fn asserted(fields: &Fields<'_>) -> String {
    let said = [("name", "name "), ("uid", "uid "), ("sudo_uid", "by sudo of uid "), ("host", "on ")];
    let said = said.map(|(key, words)| (words, fields.asserted(key)));
    let said = said.iter().filter(|(_, text)| !text.is_empty()).map(|(words, text)| format!("{words}{text}"));
    said.collect::<Vec<_>>().join(", ")
}

/// Several under one name, which stands in front of the first.
pub(super) fn each(page: &mut Page, name: &str, texts: impl IntoIterator<Item = impl AsRef<str>>) {
    for (n, text) in texts.into_iter().enumerate() {
        page.field(if n == 0 { name } else { "" }, text.as_ref());
    }
}

fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Intent => "intent: written before the effect, which may or may not have happened",
        Phase::Outcome => "outcome: written after the effect",
        Phase::Event => "event: told, without an effect of its own",
    }
}

/// What else the entry says, short of a plan.
fn rest(page: &mut Page, fields: &Fields<'_>) {
    let Some(detail) = fields.json["detail"].as_object() else { return };
    for (key, value) in detail {
        match key.as_str() {
            "notes" => {}
            "plan" => page.field("detail", "the whole plan: see the rotation's story, or --format json"),
            _ => page.field("detail", &format!("{key}: {value}")),
        }
    }
}

/// What the server itself wrote down, whatever the writer said.
pub(super) fn recorded(page: &mut Page, listed: &Listed) {
    if let Some(recorded) = &listed.recorded {
        let text = format!("{} by the server's clock, for its login {}", moment(recorded.at), recorded.by);
        page.field("recorded", &text);
    }
}

/// RFC 6962, 2.1.1: computed by the log, and checked here against the head.
async fn proof(reader: &Reader, listed: &Listed) -> Result<String, Error> {
    let head = reader.head().await?;
    let proof = reader.inclusion_proof(listed.seq, head.size).await?;
    merkle::verify_inclusion(&listed.leaf, listed.seq, &head, &proof).map_err(|_| {
        let what = format!("entry {} is NOT in the log that the head is of", listed.seq);
        Error::new(Code::Differs, what, "see what is wrong with `turnlock audit verify`")
    })?;
    let (size, root) = (head.size, hex::encode(head.root));
    Ok(format!(
        "in the log of {size} entries with the root {root}: inclusion proven, by {} hashes",
        proof.len()
    ))
}
