//! The full-text index: words without their accents, found by their beginnings.

use arumbae_domain::schema::{RecordId, RecordKind};
use rusqlite::{Connection, Transaction};

use super::record::{self, id};
use crate::error::Result;
use crate::headline::{SearchText, search_text};

/// Has a row's words indexed in its turn; once, however often it is noted until then.
pub(crate) fn note_changed(tx: &Transaction<'_>, record: i64) -> Result<()> {
    tx.prepare_cached("INSERT OR IGNORE INTO search_queue (record) VALUES (?1)")?.execute([record])?;
    Ok(())
}

/// Whether a row waits to be indexed.
pub(crate) fn any_pending(connection: &Connection) -> Result<bool> {
    Ok(connection.prepare_cached("SELECT 1 FROM search_queue LIMIT 1")?.exists([])?)
}

/// Indexes the first rows of the queue, in their order: FTS5 writes its memory out whenever a number is smaller than
/// the one before, and merging what that leaves behind costs several times what the words themselves do.
pub(crate) fn index_next(tx: &Transaction<'_>, at_most: usize) -> Result<()> {
    let mut next = tx.prepare_cached(
        "SELECT q.record, r.kind, r.state FROM search_queue q JOIN record r ON r.rid = q.record
         ORDER BY q.record LIMIT ?1",
    )?;
    let mut rows = next.query([at_most as i64])?;
    let mut last = None;
    while let Some(row) = rows.next()? {
        let record: i64 = row.get(0)?;
        let kind = row.get::<_, Option<u16>>(1)?.and_then(RecordKind::from_number);
        let state = record::state(row, 2)?;
        let text = kind.map_or_else(SearchText::default, |kind| search_text(kind, &state));
        tx.prepare_cached("DELETE FROM search WHERE rowid = ?1")?.execute([record])?;
        tx.prepare_cached("INSERT INTO search (rowid, title, body) VALUES (?1, ?2, ?3)")?.execute((
            record,
            &text.title,
            &text.body,
        ))?;
        last = Some(record);
    }
    if let Some(last) = last {
        tx.prepare_cached("DELETE FROM search_queue WHERE record <= ?1")?.execute([last])?;
    }
    Ok(())
}

/// What somebody typed as an FTS5 expression: every word must occur, the last as a beginning. Each word is quoted,
/// so that nothing typed is read as an operator. `None` if there is no word in it.
pub(crate) fn expression(text: &str) -> Option<String> {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| format!("\"{word}\""))
        .collect();
    (!words.is_empty()).then(|| words.join(" ") + "*")
}

/// The roots in which, or in a part of which, the expression occurs, best first.
pub(crate) fn roots(connection: &Connection, expression: &str, limit: usize) -> Result<Vec<RecordId>> {
    let mut statement = connection.prepare_cached(
        "WITH hit AS MATERIALIZED
             (SELECT rowid AS rid, bm25(search, 4.0, 1.0) AS rank FROM search WHERE search MATCH ?1)
         SELECT t.id, min(hit.rank) AS best FROM hit JOIN record r ON r.rid = hit.rid JOIN record t ON t.rid = r.root
         WHERE t.deleted = 0 GROUP BY t.id ORDER BY best, t.id DESC LIMIT ?2",
    )?;
    let rows = statement.query_map((expression, limit as i64), |row| id(row, 0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::expression;

    #[test]
    fn nothing_typed_is_an_operator() {
        assert_eq!(expression("politik uang").as_deref(), Some(r#""politik" "uang"*"#));
        assert_eq!(expression(r#"a" OR title: (b* NEAR"#).as_deref(), Some(r#""a" "OR" "title" "b" "NEAR"*"#));
        assert_eq!(expression(" -- \" "), None);
    }
}
