//! Works around WebKitGTK's DMA-BUF renderer, which shows a blank window on many older graphics drivers.

#[cfg(target_os = "linux")]
pub(crate) fn prepare() {
    use std::os::unix::process::CommandExt;

    const SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    if std::env::var_os(SWITCH).is_some() {
        return;
    }
    let Ok(program) = std::env::current_exe() else { return };
    // The variable must be there before WebKit's threads start, so the program replaces itself with it set.
    let why = std::process::Command::new(program).args(std::env::args_os().skip(1)).env(SWITCH, "1").exec();
    tracing::warn!(%why, "could not start again without the DMA-BUF renderer");
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn prepare() {}
