//! A filter as SQL: the same sentence for every store, but for how a parameter is written.

use jiff::Timestamp;

use crate::{Filter, Outcome, entry::microseconds};

/// A statement with what is bound to its parameters.
pub(super) struct Select {
    pub(super) sql: String,
    pub(super) binds: Vec<Bind>,
}

pub(super) enum Bind {
    Text(String),
    Number(i64),
}

/// In what two stores differ.
pub(super) struct Dialect {
    /// Before a parameter's number.
    pub(super) mark: char,
    pub(super) entries: &'static str,
    pub(super) subjects: &'static str,
    /// The columns that are asked for, of `e`.
    pub(super) columns: &'static str,
    /// How `e` and `s` are joined, in this order.
    pub(super) join: &'static str,
}

/// What is asked of a column of `e`: its name and the text that it has.
pub(super) fn texts(filter: &Filter) -> Vec<(&'static str, &str)> {
    let outcome = filter.outcome.map(Outcome::as_str);
    let all = [
        ("action", filter.action.as_deref()),
        ("outcome", outcome),
        ("actor", filter.actor.as_deref()),
        ("requester", filter.requester.as_deref()),
        ("trigger", filter.trigger.as_deref()),
        ("rotation", filter.rotation.as_deref()),
        ("target", filter.target.as_deref()),
        ("trace", filter.trace.as_deref()),
    ];
    all.into_iter().filter_map(|(column, text)| Some((column, text?))).collect()
}

/// Builds the statement. Each single filter finds its first page by one index, in the order of the page; of several, a store
/// that can't tell which is the rare one is told: the `lead`'s index is used, and that of no other column.
pub(super) fn select(filter: &Filter, dialect: &Dialect, lead: Option<&str>) -> Select {
    let mut select = Writer { select: Select { sql: String::new(), binds: Vec::new() }, dialect };
    let by_subject = filter.subject.is_some() || filter.version.is_some();
    if by_subject {
        select.text(&format!(
            "SELECT {} FROM (SELECT s.seq FROM {} s WHERE true",
            dialect.columns, dialect.subjects
        ));
        select.subject(filter);
        select.bounds(filter, "s");
        select.text(" GROUP BY s.seq");
        select.order(filter, "s.seq");
        // What else is asked for may leave some out.
        if others(filter) == 0 {
            select.limit(filter);
        }
        select.text(&format!(") s {} {} e ON e.seq = s.seq WHERE true", dialect.join, dialect.entries));
    } else {
        select.text(&format!("SELECT {} FROM {} e WHERE true", dialect.columns, dialect.entries));
    }
    select.columns(filter, lead);
    let by_time = !by_subject && (filter.since.is_some() || filter.until.is_some()) && others(filter) == 1;
    if by_time && filter.newest_first {
        select.time_page(filter);
        select.text(" ORDER BY e.at DESC, e.seq DESC");
    } else {
        select.bounds(filter, "e");
        select.order(filter, if by_subject { "s.seq" } else { "e.seq" });
    }
    select.limit(filter);
    select.select
}

/// How many columns of `e` are asked for; times count as one.
fn others(filter: &Filter) -> usize {
    texts(filter).len() + usize::from(filter.since.is_some() || filter.until.is_some())
}

struct Writer<'d> {
    select: Select,
    dialect: &'d Dialect,
}

impl Writer<'_> {
    fn text(&mut self, text: &str) {
        self.select.sql.push_str(text);
    }

    fn bind(&mut self, condition: &str, value: Bind) {
        self.select.binds.push(value);
        let number = self.select.binds.len();
        self.text(&format!("{condition}{}{number}", self.dialect.mark));
    }

    fn subject(&mut self, filter: &Filter) {
        if let Some(name) = &filter.subject {
            self.bind(" AND s.subject = ", Bind::Text(name.clone()));
        }
        if let Some(version) = filter.version {
            self.bind(" AND s.version = ", Bind::Number(clamp(version)));
        }
    }

    fn columns(&mut self, filter: &Filter, lead: Option<&str>) {
        for (column, text) in texts(filter) {
            // SQLite uses no index for what is no bare column (<https://www.sqlite.org/optoverview.html>, "unary +").
            let bare = if lead.is_none_or(|lead| lead == column) { "" } else { "+" };
            self.bind(&format!(" AND {bare}e.{column} = "), Bind::Text(text.to_owned()));
        }
        for (condition, at) in [(" AND e.at >= ", filter.since), (" AND e.at < ", filter.until)] {
            if let Some(at) = at {
                self.bind(condition, Bind::Number(bounded(at)));
            }
        }
    }

    fn bounds(&mut self, filter: &Filter, table: &str) {
        for (condition, number) in [(".seq < ", filter.before_seq), (".seq > ", filter.after_seq)] {
            if let Some(number) = number {
                self.bind(&format!(" AND {table}{condition}"), Bind::Number(clamp(number)));
            }
        }
    }

    /// By time, the next page begins after the time and number of the last entry of this one. An entry that isn't there yet
    /// will be the newest.
    fn time_page(&mut self, filter: &Filter) {
        if let Some(number) = filter.before_seq {
            let entries = self.dialect.entries;
            self.bind(
                &format!(" AND (e.at, e.seq) < (coalesce((SELECT b.at FROM {entries} b WHERE b.seq = "),
                Bind::Number(clamp(number)),
            );
            self.bind(&format!("), {}), ", i64::MAX), Bind::Number(clamp(number)));
            self.text(")");
        }
        if let Some(number) = filter.after_seq {
            self.bind(" AND e.seq > ", Bind::Number(clamp(number)));
        }
    }

    fn order(&mut self, filter: &Filter, by: &str) {
        let direction = if filter.newest_first { "DESC" } else { "ASC" };
        self.text(&format!(" ORDER BY {by} {direction}"));
    }

    fn limit(&mut self, filter: &Filter) {
        if let Some(limit) = filter.limit {
            self.bind(" LIMIT ", Bind::Number(i64::from(limit)));
        }
    }
}

fn clamp(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Rounded up: an entry's own microsecond is rounded down, so that both bounds stay exact.
fn bounded(at: Timestamp) -> i64 {
    let whole = microseconds(at);
    if at.subsec_nanosecond() % 1000 > 0 { whole + 1 } else { whole }
}
