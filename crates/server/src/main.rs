//! `arumbae-server`, the provincial server.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use arumbae_server::Clock;
use arumbae_server::command::{CommandLine, Surroundings, Unread, operator_of_process, run};
use arumbae_server::messages::Messages;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    let command_line = match CommandLine::read(&arguments) {
        Ok(command_line) => command_line,
        Err(unread) => return print(&unread),
    };
    let messages = Messages::of(command_line.language);
    let environment =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let outcome = match command_line.configuration(environment) {
        Ok(configuration) => {
            start_log(&configuration.settings().log);
            let surroundings = Surroundings { configuration, operator: operator_of_process(), clock: Clock::system() };
            run(command_line, surroundings, &mut io::stdout(), stop_signal()).await
        }
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::debug!(?error, "command failed");
            // Nothing is left to be done about a terminal that cannot be written.
            let _ = writeln!(io::stderr(), "{}", error.say(&messages));
            error.exit_code()
        }
    }
}

fn print(unread: &Unread) -> ExitCode {
    // Nothing is left to be done about a terminal that cannot be written.
    match unread {
        Unread::Help(text) => {
            let _ = write!(io::stdout(), "{text}");
            ExitCode::SUCCESS
        }
        Unread::Mistake(text) => {
            let _ = writeln!(io::stderr(), "{text}");
            ExitCode::from(2)
        }
    }
}

fn start_log(filter: &str) {
    let colours = io::stderr().is_terminal();
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(io::stderr)
        .with_ansi(colours)
        .with_target(false)
        .init();
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
