//! Plays fleets: one seed again, or fresh ones until one fails.
#![allow(clippy::print_stdout, reason = "a program of the terminal")]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use arumbae_fleet::mishap::names;
use arumbae_fleet::narrowing::narrow;
use arumbae_fleet::{Mishap, Outcome, PASSPHRASE, Plan, run_keeping};
use clap::Parser;
use rand_core::{OsRng, RngCore};

/// Simulates fleets of laptops with everything that goes wrong, and checks that nothing is lost.
#[derive(Parser)]
struct Arguments {
    /// Plays this seed alone.
    #[arg(long)]
    seed: Option<u64>,
    /// How many fresh seeds to play when none is given; 0 plays until one fails.
    #[arg(long, default_value_t = 1)]
    seeds: u64,
    /// Laptops at the beginning.
    #[arg(long, default_value_t = 24)]
    devices: usize,
    /// Days of simulated time.
    #[arg(long, default_value_t = 14)]
    days: u64,
    /// Saves a person makes on a day, about.
    #[arg(long, default_value_t = 4)]
    saves_per_day: u64,
    /// What may go wrong, by name with commas between; everything if not given.
    #[arg(long, value_delimiter = ',')]
    mishaps: Option<Vec<Mishap>>,
    /// Keeps all disks in this folder. A laptop's is what the program calls `kantor` in its own.
    #[arg(long)]
    keep: Option<PathBuf>,
    /// Does not look for a smaller failure.
    #[arg(long)]
    as_it_is: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mishaps: BTreeSet<Mishap> = match &arguments.mishaps {
        Some(mishaps) => mishaps.iter().copied().collect(),
        None => Mishap::ALL.iter().copied().collect(),
    };
    if let Some(disks) = &arguments.keep {
        println!("disks stay in {}, opened with {PASSPHRASE}", disks.display());
    }
    let Arguments { devices, days, saves_per_day, .. } = arguments;
    let mut played = 0;
    loop {
        let seed = arguments.seed.unwrap_or_else(|| u64::from(OsRng.next_u32()));
        let plan = Plan { seed, devices, days, saves_per_day, mishaps: mishaps.clone() };
        println!("{plan}");
        let started = Instant::now();
        match run_keeping(&plan, arguments.keep.as_deref()) {
            Ok(outcome) => print_outcome(&outcome, started.elapsed().as_secs_f64()),
            Err(failure) => {
                println!("{failure}");
                if !arguments.as_it_is {
                    let narrowed = narrow(*failure, |plan, fails| {
                        println!("  {} {plan}", if fails { "still fails:" } else { "holds:" });
                    });
                    println!("\nthe smallest failure found, with {}:\n{narrowed}", names(&narrowed.plan.mishaps));
                }
                return ExitCode::FAILURE;
            }
        }
        played += 1;
        if arguments.seed.is_some() || played == arguments.seeds {
            return ExitCode::SUCCESS;
        }
    }
}

fn print_outcome(outcome: &Outcome, seconds: f64) {
    let Outcome {
        trace,
        laptops,
        saves,
        accepted,
        segments,
        syncs,
        failed_syncs,
        dropped,
        histories,
        conflicts,
        mishaps,
    } = outcome;
    let mishaps: Vec<String> = mishaps.iter().map(|(mishap, times)| format!("{mishap} {times}")).collect();
    println!(
        "  {laptops} laptops, {saves} saves, {accepted} in the log in {segments} segments, {syncs} syncs and \
         {failed_syncs} that failed, {dropped} segments dropped and {histories} histories fetched, {conflicts} conflicts \
         kept, {seconds:.1} s\n  {}\n  trace {trace}",
        mishaps.join(", ")
    );
}
