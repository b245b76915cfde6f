//! Arumbae from a terminal: the same jobs as the window, for the secretariat's scripts and for proof.

mod attendance;
mod demo;
mod output;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

/// Catatan pengawasan Panwascam dari terminal.
#[derive(Parser)]
#[command(name = "arumbae-cli", version, about)]
struct Arguments {
    #[command(subcommand)]
    job: Job,
}

#[derive(Subcommand)]
enum Job {
    /// Memeriksa berkas daftar hadir tanpa menyimpan apa pun.
    #[command(subcommand)]
    Attendance(AttendanceJob),
    /// Memeriksa tanda tangan dokumen PDF; keluar 0 hanya bila semuanya asli dan tidak berubah.
    Verify {
        /// Sertifikat otoritas yang dipercaya, PEM.
        #[arg(long, value_name = "CA.pem")]
        trust: Option<PathBuf>,
        /// Dokumen PDF.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Memainkan satu hari kerja: dua laptop, server, jaringan buruk, dokumen bertanda tangan.
    Demo {
        /// Folder hasil; isinya diganti.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

#[derive(Subcommand)]
enum AttendanceJob {
    /// Menunjukkan apa yang akan ditambah, digabung, diragukan, dan ditolak, beserta alasannya.
    Preview {
        /// Cetak sebagai JSON.
        #[arg(long)]
        json: bool,
        /// Berkas CSV, termasuk laporan peserta Zoom.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_env("ARUMBAE_LOG").unwrap_or_else(|_| EnvFilter::new("error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let done = match Arguments::parse().job {
        Job::Attendance(AttendanceJob::Preview { json, file }) => attendance::preview(&file, json),
        Job::Verify { trust, files } => verify::verify(trust.as_deref(), &files),
        Job::Demo { out } => demo::play(&out).await,
    };
    done.unwrap_or_else(|error| {
        output::explain(&error);
        ExitCode::FAILURE
    })
}
