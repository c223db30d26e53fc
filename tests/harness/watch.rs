//! Watching what others could see while a rotation runs.
