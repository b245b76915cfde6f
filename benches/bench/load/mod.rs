//! What a server carries: a province that reconnects, and a nation's worth of registered laptops, against the real
//! server over real TLS.
//!
//! A synchronization is what a laptop does after a day without a link: a new connection, a handshake, one signed request
//! that hands the day in and asks for what colleagues wrote. What a laptop computes before and after it is done outside
//! of what is timed. Laptops, server and PostgreSQL share the machine's cores, so a rate here is less than that of a
//! server with a machine to itself; the processor's time of each is told beside it.

mod laptop;
mod server_process;
mod town_hall;

use std::ops::Range;
use std::path::Path;
use std::time::{Duration, Instant};

use arumbae_bench::figures::{Figure, millis};
use futures_util::{StreamExt, stream};

use crate::Outcome;
use laptop::{Answered, Laptop, PER_DISTRICT};
use server_process::{ServerProcess, process_cpu};
use town_hall::TownHall;

pub use server_process::{SERVE, serve};

/// Kecamatan of Maluku, and how many hand in a day in each measurement.
const DISTRICTS: usize = 118;
/// The laptops of the country at which it is measured.
const REGISTERED: [usize; 3] = [1_000, 5_000, 22_000];
/// How many laptops of the country have a connection at a time: as many as a server works on at once.
const AT_A_TIME: usize = 16;
/// ODK Central on a small machine: the submissions a second that were published of it.
const ODK_CENTRAL: f64 = 41.0;

/// Measures one province on a file and in PostgreSQL, and there a country that grows to `largest` laptops.
pub fn figures(largest: usize, scratch: &Path) -> Outcome<Vec<Figure>> {
    let postgres = std::env::var("ARUMBAE_TEST_POSTGRES")
        .map_err(|_| "the load needs PostgreSQL: run `make bench`, or scripts/with-postgres cargo bench …")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let mut figures = Vec::new();
        for (engine, database, largest) in [("SQLite", None, 0), ("PostgreSQL", Some(postgres), largest)] {
            let name = |what: &str| format!("load: {DISTRICTS} kecamatan at once, {engine}: {what}");
            let mut load = Load::found(&scratch.join(format!("load-{engine}")), database).await?;
            load.grow_to(DISTRICTS * PER_DISTRICT).await?;
            let run = load.reconnect(0..DISTRICTS, DISTRICTS * PER_DISTRICT).await?;
            figures.push(Figure::lower(name("until all are through"), run.took.as_secs_f64(), "s").to_reach(60.0));
            figures.extend(run.figures(name));
            for registered in REGISTERED.into_iter().filter(|registered| *registered <= largest) {
                let name = |what: &str| format!("load: {registered} laptops, {engine}: {what}");
                let before = load.town_hall.districts();
                let bytes = load.grow_to(registered).await?;
                let joined = before..load.town_hall.districts();
                figures.push(Figure::lower(name("registry that each of them holds"), bytes as f64 / 1e6, "MB"));
                figures.push(Figure::lower(name("start of the server"), load.server.starting.as_secs_f64(), "s"));
                figures.extend(load.reconnect(joined, AT_A_TIME).await?.figures(name));
                figures.push(Figure::lower(name("memory of the server"), load.server.memory()? as f64 / 1e6, "MB"));
            }
        }
        Ok(figures)
    })
}

/// A server at work, and the laptops that ask it.
struct Load {
    server: ServerProcess,
    town_hall: TownHall,
}

/// What a measurement found.
struct Run {
    took: Duration,
    answered: Vec<Answered>,
    /// Processor time of the server, of PostgreSQL and of all laptops together.
    cpu: [Duration; 3],
}

impl Run {
    fn figures(&self, name: impl Fn(&str) -> String) -> Vec<Figure> {
        let mut waits: Vec<Duration> = self.answered.iter().map(|answered| answered.waited).collect();
        waits.sort();
        let at = |part: usize| millis(waits[(waits.len() - 1) * part / 100]);
        let syncs = self.answered.len() as f64;
        let total = |bytes: fn(&Answered) -> usize| self.answered.iter().map(bytes).sum::<usize>() as f64;
        let [server, database, laptops] = self.cpu.map(|cpu| millis(cpu) / syncs);
        vec![
            Figure::higher(name("syncs"), syncs / self.took.as_secs_f64(), "1/s").to_reach(ODK_CENTRAL),
            Figure::lower(name("half of them take"), at(50), "ms"),
            Figure::lower(name("one in a hundred takes"), at(99), "ms"),
            Figure::lower(name("CPU of the server"), server, "ms/sync"),
            Figure::lower(name("CPU of the database"), database, "ms/sync"),
            Figure::lower(name("CPU of the laptops"), laptops, "ms/sync"),
            Figure::lower(name("bytes up"), total(|answered| answered.up) / syncs, "B/sync"),
            Figure::lower(name("bytes down"), total(|answered| answered.down) / syncs, "B/sync"),
        ]
    }
}

impl Load {
    /// Founds a province that knows nobody yet.
    async fn found(folder: &Path, database: Option<String>) -> Outcome<Load> {
        let server = ServerProcess::start(folder, database)?;
        let town_hall = TownHall::open(folder, server.database.as_deref()).await?;
        Ok(Load { server, town_hall })
    }

    /// Registers laptops until there are so many, and starts the server anew. Returns the bytes of the registry.
    async fn grow_to(&mut self, laptops: usize) -> Outcome<usize> {
        let bytes = self.town_hall.register_up_to(laptops).await?;
        self.server.start_again()?;
        self.server.wait_until_at_rest()?;
        Ok(bytes)
    }

    /// Lets the laptops of kecamatan that lie evenly among these hand in two days, so many at once, and tells of the
    /// second: on the first they have nothing that their parcels could be packed against.
    async fn reconnect(&self, among: Range<usize>, at_once: usize) -> Outcome<Run> {
        let step = among.len() / DISTRICTS;
        // Neighbours do not come one right after the other.
        let places = (0..PER_DISTRICT)
            .flat_map(|member| among.clone().step_by(step).take(DISTRICTS).map(move |at| (at, member)));
        let laptops = places.map(|(district, member)| Laptop::new(district * PER_DISTRICT + member, 1));
        let laptops = laptops.collect::<Outcome<_>>()?;
        let (_, laptops) = self.hand_in(laptops, at_once).await?;
        let (second, _) = self.hand_in(laptops, at_once).await?;
        Ok(second)
    }

    /// Lets laptops hand in a day each.
    async fn hand_in(&self, mut laptops: Vec<Laptop>, at_once: usize) -> Outcome<(Run, Vec<Laptop>)> {
        for laptop in &mut laptops {
            laptop.work_a_day(self.town_hall.registry_seq())?;
        }
        let before = self.cpu()?;
        let began = Instant::now();
        let server = &self.server;
        let asking = stream::iter(laptops).map(|mut laptop| async move {
            let answered = laptop.synchronize(server).await?;
            Ok((answered, laptop))
        });
        let asked: Vec<Outcome<_>> = asking.buffer_unordered(at_once).collect().await;
        let took = began.elapsed();
        let after = self.cpu()?;
        let (answered, mut laptops): (Vec<_>, Vec<_>) =
            asked.into_iter().collect::<Outcome<Vec<_>>>()?.into_iter().unzip();
        laptops.iter_mut().try_for_each(Laptop::take_in)?;
        Ok((Run { took, answered, cpu: std::array::from_fn(|at| after[at] - before[at]) }, laptops))
    }

    fn cpu(&self) -> Outcome<[Duration; 3]> {
        Ok([self.server.cpu()?, self.server.database_cpu()?, process_cpu(std::process::id())?.0])
    }
}
