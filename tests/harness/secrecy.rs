//! Every value that a stack knows, and the search for it in whatever was printed or logged.

use crate::{Output, SECRETS, Stack, Value};

impl Stack {
    pub(crate) fn known(&self) -> std::sync::MutexGuard<'_, Vec<Value>> {
        self.known.lock().expect("no test thread panicked here")
    }

    /// A value that a test made by hand, or saw on its way: nothing may print it either.
    pub fn remember(&self, value: &Value) {
        self.known().push(value.clone());
    }

    /// The same, of something that may be met many times.
    pub(crate) fn remember_once(&self, value: &Value) {
        let mut known = self.known();
        if !known.contains(value) {
            known.push(value.clone());
        }
    }

    /// Every value that this stack has or had.
    pub fn values(&self) -> Vec<Value> {
        let vault = self.vault();
        let mut all = self.known().clone();
        for name in SECRETS {
            all.extend((1..=vault.newest_version(name)).map(|n| vault.version(name, n)));
        }
        all
    }

    /// Which known values a text holds, in any form; told by their position, not by what they are.
    pub fn values_in(&self, text: &[u8], values: &[Value]) -> Vec<usize> {
        let text = String::from_utf8_lossy(text);
        let holds = |form: &String| !form.is_empty() && text.contains(form.as_str());
        let found = values.iter().enumerate().filter(|(_, v)| v.forms().iter().any(holds));
        found.map(|(index, _)| index).collect()
    }

    /// Everything that `turnlock` printed so far: on standard output, and on standard error.
    pub fn printed(&self) -> (Vec<u8>, Vec<u8>) {
        let said = self.said.lock().expect("no test thread panicked here");
        let all = |of: fn(&Output) -> &String| said.iter().flat_map(|o| of(o).bytes()).collect();
        (all(|o| &o.out), all(|o| &o.err))
    }

    /// What every story ends with: no value in anything that was printed, nor in the audit log's file.
    pub fn look_for_values(&self) {
        let values = self.values();
        for output in self.said.lock().expect("no test thread panicked here").iter() {
            let found = self.values_in(output.all().as_bytes(), &values);
            assert!(found.is_empty(), "`turnlock {}` printed {} values", output.command, found.len());
        }
        for file in [self.audit_path(), self.audit_path().with_extension("db-wal")] {
            if let Ok(bytes) = std::fs::read(&file) {
                let found = self.values_in(&bytes, &values);
                assert!(found.is_empty(), "{} holds {} values", file.display(), found.len());
            }
        }
    }
}
