//! Saving a copy of a file where the officer wants it. The path comes from the system's dialog, never from the
//! webview.

use std::path::Path;
use std::sync::Arc;

use arumbae_app::App;
use arumbae_app::error::{AppError, ErrorCode, ErrorNotice};
use arumbae_app::saved_copy::{self, CopySource};
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;

/// Returns whether a copy was written; `false` when the dialog was closed.
#[tauri::command]
pub(crate) async fn save_copy(
    tauri: AppHandle,
    app: State<'_, Arc<App>>,
    source: CopySource,
    file_name: String,
) -> Result<bool, ErrorNotice> {
    let (chosen, choice) = tokio::sync::oneshot::channel();
    let mut dialog = tauri.dialog().file().set_file_name(&file_name);
    if let Some(extension) = Path::new(&file_name).extension().and_then(|extension| extension.to_str()) {
        dialog = dialog.add_filter(extension.to_uppercase(), &[extension]);
    }
    dialog.save_file(move |path| {
        // The receiver is gone only if the window is; then there is nothing to answer.
        let _ = chosen.send(path);
    });
    let Some(path) = choice.await.ok().flatten().and_then(|path| path.into_path().ok()) else { return Ok(false) };
    let written = async {
        let bytes = saved_copy::bytes_of(&app, source).await?;
        tokio::fs::write(path, bytes).await.map_err(|why| AppError::caused(ErrorCode::NotWritable, why))
    };
    written.await.map(|()| true).map_err(|error| app.notice(&error))
}
