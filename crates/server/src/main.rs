//! `arumbae-server`, the provincial server.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use arumbae_server::command::{CommandLine, Surroundings, Unread, operator_of_process, run};
use arumbae_server::configuration::Settings;
use arumbae_server::messages::Messages;
use arumbae_server::{Clock, log};

/// What the program ends with after the second signal: 128 and the number of SIGTERM, as if the first had killed it.
const STOPPED_AT_ONCE: i32 = 143;

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
            start_log(configuration.settings());
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

fn start_log(settings: &Settings) {
    let colours = io::stderr().is_terminal();
    let lines = log::subscriber(&settings.log, settings.log_format, colours, io::stderr);
    // Only the first one counts, and nothing was set before.
    let _ = tracing::subscriber::set_global_default(lines);
}

/// What asks the program to stop: Ctrl-C and, where there is such a thing, SIGTERM.
struct StopSignals {
    #[cfg(unix)]
    terminate: Option<tokio::signal::unix::Signal>,
}

impl StopSignals {
    fn listen() -> Self {
        #[cfg(unix)]
        let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).ok();
        StopSignals {
            #[cfg(unix)]
            terminate,
        }
    }

    async fn next(&mut self) {
        let interrupted = async {
            if tokio::signal::ctrl_c().await.is_err() {
                // Without signals the server runs until it is killed; stopping at once would be worse.
                std::future::pending::<()>().await;
            }
        };
        #[cfg(unix)]
        if let Some(terminate) = &mut self.terminate {
            tokio::select! {
                () = interrupted => {}
                _ = terminate.recv() => {}
            }
            return;
        }
        interrupted.await;
    }
}

/// Ready on the first signal. On the second the program ends at once: whoever gives it does not want to wait, and what is
/// not committed by then has no receipt.
async fn stop_signal() {
    let mut signals = StopSignals::listen();
    signals.next().await;
    tokio::spawn(async move {
        signals.next().await;
        tracing::warn!("stopped at once");
        std::process::exit(STOPPED_AT_ONCE);
    });
}
