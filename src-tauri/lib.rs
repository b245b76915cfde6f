//! The Tauri shell: a window, the commands' way in, file dialogs, logging. It knows nothing of records.

mod bridge;
mod data_folder;
mod logging;
mod save_dialog;
mod stick_dialog;
mod webkit;

use std::process::ExitCode;
use std::sync::Arc;

use arumbae_app::{App, SystemClock};
use arumbae_sample::InProcessProvince;
use tauri::{Manager, WebviewUrl, WebviewWindowBuilder};

/// Opens the window and stays until it is closed.
pub fn run() -> ExitCode {
    logging::start();
    webkit::prepare();
    let started = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .invoke_handler(tauri::generate_handler![
            bridge::call,
            bridge::upload,
            bridge::download,
            save_dialog::save_copy,
            stick_dialog::choose_stick
        ])
        .setup(|tauri| {
            let folder = data_folder::locate(tauri.handle())?;
            let app = Arc::new(App::new(folder, Arc::new(SystemClock), Arc::new(InProcessProvince::default())));
            let background = Arc::clone(&app);
            tauri::async_runtime::spawn(async move { background.keep_synchronizing().await });
            let background = Arc::clone(&app);
            tauri::async_runtime::spawn(async move { background.keep_backed_up().await });
            tauri.manage(app);
            WebviewWindowBuilder::new(tauri, "main", WebviewUrl::default())
                .title("Arumbae")
                .inner_size(1280.0, 800.0)
                .min_inner_size(1024.0, 640.0)
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!());
    match started {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            tracing::error!(%why, "the window could not be opened");
            ExitCode::FAILURE
        }
    }
}
