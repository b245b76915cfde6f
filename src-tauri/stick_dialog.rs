//! Choosing the stick that a courier carries. The path comes from the system's dialog, never from the webview.

use std::sync::Arc;

use arumbae_app::App;
use arumbae_app::courier::ChosenStick;
use arumbae_app::error::ErrorNotice;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;

/// The stick; `None` when the dialog was closed.
#[tauri::command]
pub(crate) async fn choose_stick(
    tauri: AppHandle,
    app: State<'_, Arc<App>>,
) -> Result<Option<ChosenStick>, ErrorNotice> {
    let (chosen, choice) = tokio::sync::oneshot::channel();
    tauri.dialog().file().pick_folder(move |path| {
        // The receiver is gone only if the window is; then there is nothing to answer.
        let _ = chosen.send(path);
    });
    let Some(path) = choice.await.ok().flatten().and_then(|path| path.into_path().ok()) else { return Ok(None) };
    app.choose_stick(path).await.map(Some).map_err(|error| app.notice(&error))
}
