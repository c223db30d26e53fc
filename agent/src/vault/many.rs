//! Many calls of a kind: some of them under way together, however many secrets there are.

use futures_util::StreamExt;
use futures_util::stream::iter;

/// How many. Each has a connection of its own, here and in Vault.
const AT_ONCE: usize = 16;

/// The answers, in the order of what was asked.
pub(crate) async fn together<F: Future>(calls: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    iter(calls).buffered(AT_ONCE).collect().await
}
