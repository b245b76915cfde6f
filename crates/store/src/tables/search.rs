//! The full-text index: words without their accents, found by their beginnings.

use arumbae_domain::schema::RecordId;
use rusqlite::{Connection, Transaction};

use super::record::id;
use crate::error::Result;
use crate::headline::SearchText;

/// Indexes a row's text; a `fresh` row has none yet.
pub(crate) fn replace(tx: &Transaction<'_>, record: i64, text: &SearchText, fresh: bool) -> Result<()> {
    if !fresh {
        tx.prepare_cached("DELETE FROM search WHERE rowid = ?1")?.execute([record])?;
    }
    tx.prepare_cached("INSERT INTO search (rowid, title, body) VALUES (?1, ?2, ?3)")?.execute((
        record,
        &text.title,
        &text.body,
    ))?;
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
         SELECT t.id, min(hit.rank) AS best FROM hit JOIN record r ON r.rid = hit.rid JOIN record t ON t.id = r.root
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
