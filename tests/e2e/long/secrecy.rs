//! Prying eyes: nobody who is not a consumer sees a value, on good days and bad ones. Makes `docs/leaks.md`.
//!
//! A search that finds nothing proves nothing by itself. So in each place something made up is planted and found; and at the end a
//! test build lets real values out, and the same search finds each of them.

mod attacker;
mod carried;
mod days;
mod memory;
mod page;
mod places;
mod planted;

use turnlock_tests::Stack;

use page::Page;
use places::Watchers;

const POLICY: &str = "policies/rotation/breeze.toml";

#[test]
fn no_value_is_seen_by_anybody_who_is_not_a_consumer() {
    let draft = Stack::draft("secrecy");
    let mut stack =
        draft.edit(POLICY, "port = 3000, within = \"20s\"", "port = 3000, within = \"4s\"").up().import();
    let mut page = Page::default();
    let watchers = Watchers::start(&mut stack);
    watchers.plant(&stack);

    days::good(&stack, &watchers);
    days::bad(&stack);
    days::killed(&stack, &mut page);
    attacker::looks_at_a_rotation(&stack, &watchers, &mut page);
    attacker::looks_at_his_own_agent(&stack, &mut page);
    memory::is_wiped_after_a_rotation(&stack, &watchers, &mut page);
    memory::leaves_no_core(&stack, &mut page);
    carried::elsewhere_is_refused(&stack, &mut page);

    stack.scene("who watched has seen no value");
    let values = watchers.values(&stack);
    for place in watchers.stop(&stack, &mut page) {
        page.searched(&place, &values);
    }
    stack.scene("no value was printed or logged");
    stack.look_for_values();

    carried::into_the_log_is_refused(&stack, &mut page);
    planted::leaks_are_found(&mut stack, &mut page);
    page.compare();
    stack.scene("done");
}
