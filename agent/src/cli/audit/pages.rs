//! Entries a page at a time.

use turnlock_audit::{Filter, Listed, LogError, Reader};

/// How many entries are in memory at once: 16 MiB if all are as long as can be.
pub(super) const PAGE: u32 = 256;

/// The entries that fit, in pages: the next one begins behind the last entry of the one before, so what is appended
/// meanwhile shifts nothing.
pub(super) struct Pages<'r> {
    reader: &'r Reader,
    filter: Filter,
    /// How many are still wanted, if not all.
    left: Option<u64>,
    /// Whether there are more behind the last page that was given.
    pub(super) more: bool,
}

impl<'r> Pages<'r> {
    pub(super) fn new(reader: &'r Reader, filter: Filter, limit: Option<u64>) -> Self {
        Self { reader, filter, left: limit, more: true }
    }

    /// The next page; empty when there is no other.
    pub(super) async fn next(&mut self) -> Result<Vec<Listed>, LogError> {
        let want = self.left.map_or(PAGE, |left| u32::try_from(left).unwrap_or(PAGE).min(PAGE));
        if want == 0 || !self.more {
            return Ok(Vec::new());
        }
        // One more than is given says whether there is a next page.
        self.filter.limit = Some(want + 1);
        let mut page = self.reader.list(&self.filter).await?;
        self.more = page.len() > want as usize;
        page.truncate(want as usize);
        if let Some(last) = page.last() {
            match self.filter.newest_first {
                true => self.filter.before_seq = Some(last.seq),
                false => self.filter.after_seq = Some(last.seq),
            }
        }
        self.left = self.left.map(|left| left.saturating_sub(page.len() as u64));
        Ok(page)
    }
}
