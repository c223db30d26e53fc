//! Vault: written by somebody else, sealed, forbidding, down, slow, cut off, or not the one that it is taken for.

mod answers;
mod beginnings;
mod pivot;

use std::time::Instant;

use turnlock_tests::proxy::{Held, HttpProxy};
use turnlock_tests::{FaultPart, Output, Stack, Vault, env_file};

use super::{JWT, LIVE, STAGED};
use crate::failure::impatient;

/// A stack whose agent goes to Vault through a proxy; the test itself goes there directly.
struct Scene {
    stack: Stack,
    vault: Vault,
    proxy: HttpProxy,
    part: FaultPart,
}

impl Scene {
    fn turnlock(&self, line: &str) -> Output {
        self.stack.turnlock_with(line, &[("VAULT_ADDR", &self.proxy.base)])
    }

    /// Rotates, and does something while a call is under way.
    fn while_held(&self, held: Held, meanwhile: impl FnOnce()) -> Output {
        let (began, child) = (Instant::now(), self.stack.spawn(JWT, &[("VAULT_ADDR", &self.proxy.base)]));
        held.wait();
        meanwhile();
        held.let_go();
        self.stack.ended(JWT, child, began)
    }

    fn row(&mut self, fault: &str, output: &Output, stands: &str) {
        self.part.row(&self.stack, fault, output, stands);
    }

    /// Vault, file, containers and log agree on this version, and nothing is staged.
    #[track_caller]
    fn is_whole(&self, version: u64) {
        let newest = (self.vault.newest_version("JWT_SECRET"), self.vault.staged());
        assert_eq!(newest, (version, vec![]), "Vault's newest, and what is staged");
        let held = env_file(&self.stack.env_path())["JWT_SECRET"].clone();
        assert!(held == self.vault.newest("JWT_SECRET"), ".env.prod holds another value");
        self.stack.turnlock("drift").ok().says("No drift");
        assert!(self.stack.api().is_ready());
    }
}

#[test]
fn what_vault_may_do_to_a_rotation() {
    let stack = impatient("faults of Vault");
    let (vault, part) = (stack.vault(), FaultPart::new("Vault"));
    let proxy = HttpProxy::before(&vault.address);
    let mut scene = Scene { stack, vault, proxy, part };
    pivot::story(&mut scene);
    beginnings::story(&mut scene);
    answers::story(&mut scene);
    let Scene { stack, part, .. } = scene;
    stack.turnlock("audit verify").ok();
    part.is_as_written();
    stack.finish();
}
