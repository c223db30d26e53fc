//! An agent waits for months: what it needed for a moment, it gives back.

/// Gives the pages that nothing is on back to the system. By itself glibc does so only at the top of its heap, and keeps what
/// lies below anything that is still in use: every kind of fault that a round met for the first time left some.
/// With another C library this does nothing.
pub fn give_back() {
    #[cfg(target_env = "gnu")]
    #[expect(
        unsafe_code,
        reason = "a function of C, which takes a number and has no conditions (`man 3 malloc_trim`)"
    )]
    unsafe {
        libc::malloc_trim(0);
    }
}

#[cfg(all(test, target_env = "gnu"))]
mod tests {
    use super::*;

    fn resident() -> usize {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    #[test]
    fn what_lies_below_something_in_use_is_given_back() {
        let mut pieces: Vec<Vec<u8>> = (0..100_000).map(|_| vec![1; 1000]).collect();
        let (last, full) = (pieces.pop(), resident());
        drop(pieces);
        give_back();
        let left = resident();
        assert!(full - left > 80_000, "of {full} kB {left} are left");
        drop(last);
    }
}
