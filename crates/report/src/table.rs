//! Tables of a document: heads that can be repeated, and rows whose cells are elements of their own.

use crate::layout::row::{Cell, Row};
use crate::layout::structure::{NodeId, Owner, Role};
use crate::layout::text::{Align, Setting};
use crate::manuscript::Manuscript;

/// Type of tables.
pub(crate) const TABLE: Setting = Setting::new(8.0);

/// The grey behind the heads of tables.
const HEAD: f32 = 0.92;

impl Manuscript {
    /// The head of a table whose columns have these shares of the width.
    pub(crate) fn table_head(&mut self, table: NodeId, shares: &[f32], heads: &[String]) -> Row {
        let texts: Vec<_> = heads.iter().map(|head| (head.clone(), Align::Centre)).collect();
        let cells = self.table_cells(table, Role::HeaderCell, shares, &texts, TABLE.bold());
        Row { cells, ruled: true, shade: Some(HEAD), keep_with_next: true, ..Row::default() }
    }

    /// The cells of one row, each an element of its own; the row's last element is its last cell.
    pub(crate) fn table_cells(
        &mut self,
        table: NodeId,
        role: Role,
        shares: &[f32],
        texts: &[(String, Align)],
        setting: Setting,
    ) -> Vec<Cell> {
        const PADDING: (f32, f32) = (3.0, 3.0);
        let row = self.structure.add(table, Role::TableRow);
        let mut x = self.left();
        let mut cells = Vec::new();
        for (share, (text, align)) in shares.iter().zip(texts) {
            let width = share * self.width();
            let owner = Owner::Element(self.structure.add(row, role));
            let inner = width - 2.0 * PADDING.0;
            let parts = match text.trim() {
                "" => Vec::new(),
                text => self.parts(text, setting.align(*align), inner, owner),
            };
            cells.push(Cell { x, width, padding: PADDING, parts });
            x += width;
        }
        cells
    }
}
