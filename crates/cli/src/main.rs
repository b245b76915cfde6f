//! Arumbae from a terminal: the same jobs as the window, for the secretariat's scripts and for proof.

mod attendance;
mod backup;
mod bench_merge;
mod bundle;
mod demo;
mod output;
mod passphrase;
mod upload_token;
mod verify;
mod verify_log;

use std::path::PathBuf;
use std::process::ExitCode;

use arumbae_measure::travelling::Cut;
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
    /// Mengukur penggabungan sebuah beban kerja terekam dan membandingkannya dengan SQLite polos; mencetak JSON.
    BenchMerge {
        /// Berapa kali keduanya diukur bergantian; yang dicetak nilai tengahnya.
        #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
        rounds: u16,
        /// Simpanan per segmen.
        #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..))]
        saves_per_segment: u16,
        /// Satu segmen per hari kerja sebuah perangkat.
        #[arg(long, conflicts_with = "saves_per_segment")]
        device_days: bool,
        /// Satu simpanan per baris, .jsonl atau .jsonl.zst.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Proses yang ingatannya diukur oleh bench-merge.
    #[command(hide = true)]
    BenchMergeMemory {
        /// Tempat segmen-segmennya.
        folder: PathBuf,
    },
    /// Memeriksa berkas bukti riwayat sebuah catatan tanpa aplikasi; keluar 0 hanya bila tidak ada yang tidak benar.
    VerifyLog {
        /// Kunci provinsi dari sumber tepercaya, 64 angka heksadesimal.
        #[arg(long, value_name = "HEX")]
        registry_key: Option<String>,
        /// Cetak sebagai JSON.
        #[arg(long)]
        json: bool,
        /// Berkas bukti.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Cadangan data: daftar, buat, dan pulihkan. Frasa sandi dibaca dari masukan standar.
    #[command(subcommand)]
    Backup(BackupJob),
    /// Mengganti frasa sandi yang lupa dengan kunci pemulihan provinsi; yang baru dibaca dari masukan standar.
    Passphrase {
        /// Berkas kunci pemulihan dari folder keys server; boleh beberapa.
        #[arg(long = "recovery-key", value_name = "FILE", required = true)]
        recovery_keys: Vec<PathBuf>,
        /// Folder data, yang berisi store.db.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Bundel untuk kurir: simpan ke USB, ambil dari USB, periksa. Frasa sandi dibaca dari masukan standar.
    #[command(subcommand)]
    Bundle(BundleJob),
    /// Meminta tanda masuk sehari bagi pemindai atau skrip untuk mengunggah berkas; frasa sandi dari masukan standar.
    UploadToken {
        /// Folder data, yang berisi store.db.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Memainkan satu hari kerja: dua laptop, server, jaringan buruk, dokumen bertanda tangan.
    Demo {
        /// Folder hasil; isinya diganti.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

#[derive(Subcommand)]
enum BackupJob {
    /// Menampilkan cadangan yang ada, terbaru dahulu; tanpa frasa sandi.
    List {
        /// Folder data, yang berisi store.db.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Membuat cadangan sekarang dan memeriksanya.
    Make {
        /// Folder data, yang berisi store.db.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Memulihkan data: cadangan digabung dengan semua yang masih terbaca; berkas lama tidak dihapus.
    Recover {
        /// Nomor cadangan; tanpa ini, yang terbaru yang masih baik.
        #[arg(long, value_name = "N")]
        backup: Option<u32>,
        /// Folder data, yang berisi store.db.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}

#[derive(Subcommand)]
enum BundleJob {
    /// Menyimpan semua yang belum bertanda terima ke sebuah folder, dimeteraikan untuk provinsi atau laptop rekan.
    Export {
        /// Kunci laptop rekan, 64 angka heksadesimal; tanpa ini, untuk provinsi.
        #[arg(long, value_name = "HEX")]
        colleague: Option<String>,
        /// Ukuran tiap berkas paling besar, dalam MB.
        #[arg(long, value_name = "MB", default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=63))]
        part_size: u16,
        /// Folder data, yang berisi store.db.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// USB atau folder tujuan.
        #[arg(value_name = "USB")]
        stick: PathBuf,
    },
    /// Mengambil bundel; keluar 0 hanya bila semuanya diterima.
    Import {
        /// Folder data, yang berisi store.db.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// Berkas .bundel, atau folder yang berisi.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Memeriksa bundel tanpa mengubah apa pun; keluar 0 hanya bila semuanya dapat diterima.
    Inspect {
        /// Folder data, yang berisi store.db.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// Berkas .bundel, atau folder yang berisi.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
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
        Job::BenchMerge { rounds, saves_per_segment, device_days, file } => {
            let cut = if device_days { Cut::Days } else { Cut::Saves(saves_per_segment.into()) };
            bench_merge::bench_merge(&file, cut, rounds.into()).await
        }
        Job::BenchMergeMemory { folder } => bench_merge::tell_memory(&folder),
        Job::VerifyLog { registry_key, json, file } => verify_log::verify_log(&file, registry_key.as_deref(), json),
        Job::Backup(BackupJob::List { folder }) => backup::list(&folder),
        Job::Backup(BackupJob::Make { folder }) => backup::make(&folder),
        Job::Backup(BackupJob::Recover { backup, folder }) => backup::recover(&folder, backup),
        Job::Passphrase { recovery_keys, folder } => passphrase::replace(&folder, &recovery_keys),
        Job::Bundle(BundleJob::Export { colleague, part_size, folder, stick }) => {
            bundle::export(&folder, &stick, colleague.as_deref(), part_size.into())
        }
        Job::Bundle(BundleJob::Import { folder, files }) => bundle::import(&folder, &files),
        Job::Bundle(BundleJob::Inspect { folder, files }) => bundle::inspect(&folder, &files),
        Job::UploadToken { folder } => upload_token::ask(&folder).await,
        Job::Demo { out } => demo::play(&out).await,
    };
    done.unwrap_or_else(|error| {
        output::explain(&error);
        ExitCode::FAILURE
    })
}
