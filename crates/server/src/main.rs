//! `arumbae-server`, the provincial server.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use arumbae_server::Clock;
use arumbae_server::command::{CommandLine, run};
use arumbae_server::messages::Messages;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_env("ARUMBAE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = io::stderr().is_terminal();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(colours)
        .with_target(false)
        .init();
    let arguments: Vec<_> = std::env::args_os().collect();
    let command_line = CommandLine::read(&arguments).unwrap_or_else(|error| error.exit());
    let messages = Messages::of(command_line.language);
    match run(command_line, Clock::system(), &mut io::stdout(), stop_signal()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::debug!(?error, "command failed");
            // Nothing is left to be done about a terminal that cannot be written.
            let _ = writeln!(io::stderr(), "{}", error.say(&messages));
            ExitCode::FAILURE
        }
    }
}

/// Ready on Ctrl-C and, where there is such a thing, on SIGTERM.
async fn stop_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        // Without signals the server runs until it is killed; stopping at once would be worse.
        std::future::pending::<()>().await;
    }
}
