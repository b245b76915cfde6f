//! Where the program keeps its data: the platform's folder for it, or `ARUMBAE_DATA`.

use std::path::PathBuf;

use tauri::{AppHandle, Manager};

pub(crate) fn locate(tauri: &AppHandle) -> tauri::Result<PathBuf> {
    match std::env::var_os("ARUMBAE_DATA") {
        Some(folder) => Ok(PathBuf::from(folder)),
        None => tauri.path().app_local_data_dir(),
    }
}
