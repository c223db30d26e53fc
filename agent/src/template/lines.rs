//! Offsets of a text as lines and columns.

/// Where each line starts.
pub(crate) struct Lines(Vec<usize>);

impl Lines {
    pub(crate) fn of(text: &str) -> Self {
        Self(std::iter::once(0).chain(text.match_indices('\n').map(|(i, _)| i + 1)).collect())
    }

    /// Line and column (in bytes) of an offset, both from 1.
    pub(crate) fn place(&self, offset: usize) -> (usize, usize) {
        let line = self.0.partition_point(|start| *start <= offset);
        (line, offset - self.0[line - 1] + 1)
    }

    /// The offset of a line and column, for a text's label.
    pub(crate) fn offset(&self, line: usize, column: usize) -> usize {
        self.0.get(line.saturating_sub(1)).map_or(0, |start| start + column.saturating_sub(1))
    }
}
