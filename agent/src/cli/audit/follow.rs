//! `turnlock audit list --follow`: each new entry that fits, as it is appended.
//!
//! None is missed or told twice: numbers have no gaps, an entry is seen only when all before it are, and the next question
//! begins behind the last number that was looked at.

use std::io::Write;
use std::time::Duration;

use turnlock_audit::{AuditUrl, Filter, LogError, Reader};

use super::args::{Format, ListArgs};
use super::pages::{PAGE, Pages};
use super::sink::{Sink, stdout, written};
use crate::cli::{Code, Error, Global};
use crate::watch::Stop;

/// How often it is looked: a person does not notice, and a log that is idle is asked for its head alone.
const EVERY: Duration = Duration::from_millis(500);
/// How long it waits at most to ask a log again that doesn't answer.
const AT_MOST: Duration = Duration::from_secs(15);

type Out = Sink<Box<dyn Write>>;

/// What has been looked at: everything before this number.
struct Follower<'g> {
    global: &'g Global,
    reader: Reader,
    filter: Filter,
    next: u64,
    url: AuditUrl,
    /// The file, so that another one in its place is noticed.
    file: Option<(u64, u64)>,
}

pub(super) async fn run(global: &Global, args: &ListArgs, format: Format) -> Result<Code, Error> {
    if format == Format::Json {
        let what = "--follow goes on without an end, and a JSON document has one";
        return Err(Error::new(Code::Usage, what, "use --format ndjson: one JSON object a line"));
    }
    let mut stop = Stop::listen().map_err(|e| Error::failed(e.kind()))?;
    let reader = global.open_reader().await?;
    let url = global.audit_url()?;
    let mut follower = Follower { global, reader, filter: args.filter(), next: 0, file: file(&url), url };
    let mut out = match Sink::begin(stdout(format), format, None) {
        Ok(out) => out,
        Err(e) => return written(Err(e)).map(|_| Code::Done),
    };
    let ended = async {
        if !follower.begin(args.limit(), &mut out).await? {
            return Ok(());
        }
        follower.go_on(&mut out).await
    };
    tokio::select! {
        ended = ended => ended.map(|()| Code::Done),
        _ = stop.asked() => Ok(Code::Done),
    }
}

impl Follower<'_> {
    /// The last ones that are there already, oldest first. False when nobody reads any more.
    async fn begin(&mut self, limit: Option<u64>, out: &mut Out) -> Result<bool, Error> {
        let size = self.reader.head().await?.size;
        self.next = size;
        let before = Filter { before_seq: Some(size), ..self.filter.clone() };
        let Some(limit) = limit else {
            return self.pages(Pages::new(&self.reader, before, None), out).await;
        };
        let newest = Filter { newest_first: true, ..before };
        let Some(oldest) = self.oldest_of(newest.clone(), limit).await? else {
            return written(out.page(&[]));
        };
        let after_seq = if oldest == 0 { self.filter.after_seq } else { Some(oldest - 1) };
        let these = Filter { after_seq, newest_first: false, ..newest };
        self.pages(Pages::new(&self.reader, these, None), out).await
    }

    /// The entry with which the last `limit` ones begin.
    async fn oldest_of(&self, newest: Filter, limit: u64) -> Result<Option<u64>, Error> {
        let mut pages = Pages::new(&self.reader, newest, Some(limit));
        let mut oldest = None;
        while let Some(last) = pages.next().await?.pop() {
            oldest = Some(last.seq);
        }
        Ok(oldest)
    }

    async fn pages(&self, mut pages: Pages<'_>, out: &mut Out) -> Result<bool, Error> {
        loop {
            let page = pages.next().await?;
            if !written(out.page(&page))? {
                return Ok(false);
            }
            if page.is_empty() {
                return Ok(true);
            }
        }
    }

    async fn go_on(&mut self, out: &mut Out) -> Result<(), Error> {
        let mut failures = 0;
        loop {
            tokio::time::sleep(patience(failures)).await;
            if nobody_listens() {
                return Ok(());
            }
            match self.look(out).await {
                Ok(true) => {
                    if failures > 0 {
                        say("the log answers again");
                    }
                    failures = 0;
                }
                Ok(false) => return Ok(()),
                Err(Trouble::Passing(e)) => {
                    if failures == 0 {
                        say(&format!("the log does not answer, and is asked again: {e}"));
                    }
                    failures += 1;
                    self.open_anew().await;
                }
                Err(Trouble::Lasting(e)) => return Err(e),
            }
        }
    }

    /// What came since. The head is read first: what it counts is there to be read.
    async fn look(&mut self, out: &mut Out) -> Result<bool, Trouble> {
        self.still_there()?;
        let size = self.reader.head().await?.size;
        if size < self.next {
            let what = format!(
                "the log has {size} entries, and had {} before: it was cut, or is another one",
                self.next
            );
            return Err(Trouble::Lasting(Error::new(
                Code::Differs,
                what,
                "check it with `turnlock audit verify`",
            )));
        }
        while self.next < size {
            let after_seq = self.next.checked_sub(1).max(self.filter.after_seq);
            let limit = Some(PAGE);
            let page = self
                .reader
                .list(&Filter { after_seq, before_seq: Some(size), limit, ..self.filter.clone() })
                .await?;
            if !page.is_empty() && !written(out.page(&page)).map_err(Trouble::Lasting)? {
                return Ok(false);
            }
            // A page that is not full was the last one.
            self.next = page.last().filter(|_| page.len() >= PAGE as usize).map_or(size, |last| last.seq + 1);
        }
        Ok(true)
    }

    /// What was opened is still what stands there: an open file that was removed would be followed for ever.
    fn still_there(&self) -> Result<(), LogError> {
        match (&self.url, self.file) {
            (AuditUrl::Sqlite(path), then) if file(&self.url) != then => {
                Err(LogError::Replaced(path.clone()))
            }
            _ => Ok(()),
        }
    }

    async fn open_anew(&mut self) {
        if let Ok(reader) = self.global.open_reader().await {
            self.reader = reader;
        }
    }
}

enum Trouble {
    /// The log is busy, or its server is away.
    Passing(LogError),
    Lasting(Error),
}

impl From<LogError> for Trouble {
    fn from(e: LogError) -> Self {
        match e {
            LogError::Busy(_)
            | LogError::Lost
            | LogError::Unreachable(_)
            | LogError::Server(_)
            | LogError::Database(_) => Trouble::Passing(e),
            e => Trouble::Lasting(e.into()),
        }
    }
}

fn patience(failures: u32) -> Duration {
    EVERY.saturating_mul(1 << failures.min(10)).min(AT_MOST)
}

/// Whether standard output is a pipe that nobody reads any more: a log that is idle would never find out.
fn nobody_listens() -> bool {
    use rustix::event::{PollFd, PollFlags, poll};
    let out = std::io::stdout();
    let mut asked = [PollFd::new(&out, PollFlags::empty())];
    let now = rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut asked, Some(&now)).is_ok() && asked[0].revents().contains(PollFlags::ERR)
}

/// Device and inode, if the log is a file.
fn file(url: &AuditUrl) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let AuditUrl::Sqlite(path) = url else { return None };
    let file = std::fs::metadata(path).ok()?;
    Some((file.dev(), file.ino()))
}

/// Beside the entries.
fn say(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}
