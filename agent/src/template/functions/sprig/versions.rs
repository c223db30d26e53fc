//! `sprig_semverCompare`: whether a version fits a constraint, as `Masterminds/semver` 3.4 judges it.

use std::cmp::Ordering;

use super::super::{Called, Fault, Function, Takes, Value, function, utf8};

const T: Takes = Takes::Text;

pub(in super::super) const TABLE: &[Function] =
    &[function("sprig_semverCompare", &[T, T], |_, v| compare(utf8(&v[0])?, utf8(&v[1])?))];

const CONSTRAINT: Fault = Fault::Wants("constraints like `>=1.2, <2 || ^3.1`, without ranges with a hyphen");

/// Numbers that aren't there count as 0; what is behind a `+` doesn't count.
struct Version {
    numbers: [u64; 3],
    before_release: Vec<String>,
}

struct Constraint<'t> {
    operator: &'t str,
    than: Version,
    /// How many numbers are written out, before an `x` too.
    given: usize,
}

fn compare(constraints: &str, version: &str) -> Called {
    let (version, given) = parse(version).ok_or(Fault::Wants("a version like 1.2.3"))?;
    if given == 0 {
        return Err(Fault::Wants("a version like 1.2.3"));
    }
    let mut fits = false;
    for all in constraints.split("||") {
        let all = list(all)?;
        let counts =
            version.before_release.is_empty() || all.iter().any(|c| !c.than.before_release.is_empty());
        fits |= counts && all.iter().all(|c| c.fits(&version));
    }
    Ok(Value::Bool(fits))
}

/// Constraints that stand next to each other: all of them count.
fn list(text: &str) -> Result<Vec<Constraint<'_>>, Fault> {
    let (mut found, mut rest) = (Vec::new(), text.trim());
    while !rest.is_empty() {
        let end = rest.find(|c| !"=!<>~^".contains(c)).unwrap_or(rest.len());
        let (operator, behind) = rest.split_at(end);
        let behind = behind.trim_start();
        let end = behind.find(|c: char| c == ',' || c.is_whitespace()).unwrap_or(behind.len());
        let (than, given) = parse(&behind[..end]).ok_or(CONSTRAINT)?;
        if !["", "=", "!=", ">", "<", ">=", "=>", "<=", "=<", "~", "~>", "^"].contains(&operator) {
            return Err(CONSTRAINT);
        }
        // What these mean there is nobody's intention.
        if (given == 0 && matches!(operator, "!=" | ">" | "<=" | "=<"))
            || (given < 3 && !than.before_release.is_empty())
        {
            return Err(CONSTRAINT);
        }
        found.push(Constraint { operator, than, given });
        let more = behind[end..].trim_start();
        rest = match more.strip_prefix(',') {
            Some(more) if !more.trim().is_empty() => more.trim_start(),
            Some(_) => return Err(CONSTRAINT),
            None => more,
        };
    }
    if found.is_empty() { Err(CONSTRAINT) } else { Ok(found) }
}

/// A version, and how many of its numbers are written out.
fn parse(text: &str) -> Option<(Version, usize)> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let text = text.split_once('+').map_or(text, |(version, _)| version);
    let (numbers, before) = text.split_once('-').map_or((text, None), |(n, b)| (n, Some(b)));
    let (mut parsed, mut given, mut wild) = ([0; 3], 0, false);
    for (i, part) in numbers.split('.').enumerate() {
        wild |= matches!(part, "x" | "X" | "*");
        if wild {
            continue;
        }
        let plain = part == "0" || (!part.starts_with('0') && part.bytes().all(|b| b.is_ascii_digit()));
        *parsed.get_mut(i)? = part.parse().ok().filter(|_| plain)?;
        given = i + 1;
    }
    let before_release: Vec<String> =
        before.map(|b| b.split('.').map(str::to_owned).collect()).unwrap_or_default();
    let is_word = |w: &String| !w.is_empty() && w.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    before_release.iter().all(is_word).then_some((Version { numbers: parsed, before_release }, given))
}

impl Version {
    /// Semantic Versioning, 11.
    fn against(&self, other: &Self) -> Ordering {
        let part = |a: &String, b: &String| match (a.parse::<u64>(), b.parse::<u64>()) {
            (Ok(a), Ok(b)) => a.cmp(&b),
            (Ok(_), Err(_)) => Ordering::Less,
            (Err(_), Ok(_)) => Ordering::Greater,
            (Err(_), Err(_)) => a.cmp(b),
        };
        let (a, b) = (&self.before_release, &other.before_release);
        self.numbers.cmp(&other.numbers).then_with(|| match (a.is_empty(), b.is_empty()) {
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            _ => a
                .iter()
                .zip(b)
                .map(|(a, b)| part(a, b))
                .find(|o| o.is_ne())
                .unwrap_or_else(|| a.len().cmp(&b.len())),
        })
    }
}

impl Constraint<'_> {
    fn fits(&self, version: &Version) -> bool {
        let order = version.against(&self.than);
        let (v, c) = (&version.numbers, &self.than.numbers);
        let partial = self.given < 3;
        match self.operator {
            "" | "=" if !partial => order.is_eq(),
            "" | "=" | "~" | "~>" => self.near(version, order),
            "!=" if partial => v[..self.given] != c[..self.given],
            "!=" => order.is_ne(),
            ">" if partial => v[..self.given] > c[..self.given],
            ">" => order.is_gt(),
            "<" => order.is_lt(),
            ">=" | "=>" => order.is_ge(),
            "<=" | "=<" if partial => v[..self.given] <= c[..self.given],
            "<=" | "=<" => order.is_le(),
            _ => self.caret(version, order),
        }
    }

    /// `~1.2`
    fn near(&self, version: &Version, order: Ordering) -> bool {
        let (v, c) = (&version.numbers, &self.than.numbers);
        let any = *c == [0; 3] && (self.given == 3 || self.given == 0);
        order.is_ge() && (any || (v[0] == c[0] && (self.given == 1 || v[1] == c[1])))
    }

    /// `^1.2`: up to where something breaks.
    fn caret(&self, version: &Version, order: Ordering) -> bool {
        let (v, c) = (&version.numbers, &self.than.numbers);
        let same = match () {
            () if c[0] > 0 || self.given == 1 => v[0] == c[0],
            () if c[1] > 0 || self.given == 2 => v[..2] == c[..2],
            () => v == c,
        };
        order.is_ge() && same
    }
}
