//! Figures beside their targets, on the screen and in a file.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

/// Which way a figure improves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
}

/// One measured figure.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// Its name, the same in every run.
    pub name: String,
    /// What was measured.
    pub value: f64,
    /// In what.
    pub unit: &'static str,
    /// What it should reach, if that was ever said.
    pub target: Option<f64>,
    /// Which way it improves.
    pub better: Better,
}

impl Figure {
    /// A figure that improves upwards.
    pub fn higher(name: impl Into<String>, value: f64, unit: &'static str) -> Figure {
        Figure { name: name.into(), value, unit, target: None, better: Better::Higher }
    }

    /// A figure that improves downwards.
    pub fn lower(name: impl Into<String>, value: f64, unit: &'static str) -> Figure {
        Figure { name: name.into(), value, unit, target: None, better: Better::Lower }
    }

    /// With what it should reach.
    #[must_use]
    pub fn to_reach(self, target: f64) -> Figure {
        Figure { target: Some(target), ..self }
    }

    /// What is to be said about its target.
    fn standing(&self) -> String {
        let Some(target) = self.target else { return String::new() };
        let (sign, reached) = match self.better {
            Better::Higher => ("≥", self.value >= target),
            Better::Lower => ("≤", self.value <= target),
        };
        format!("  target {sign} {}: {}", number(target), if reached { "reached" } else { "missed" })
    }
}

/// Large numbers whole, small ones with what matters of them.
fn number(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// Prints the figures as a table.
pub fn print(figures: &[Figure], out: &mut impl Write) -> io::Result<()> {
    for figure in figures {
        let Figure { name, value, unit, .. } = figure;
        writeln!(out, "{name:<56}{:>10} {unit:<14}{}", number(*value), figure.standing())?;
    }
    Ok(())
}

/// Writes the figures as a JSON array.
pub fn write(figures: &[Figure], path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = File::create(path)?;
    serde_json::to_writer_pretty(&mut file, figures)?;
    writeln!(file)
}

/// A time in milliseconds.
pub fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_says_whether_its_target_is_reached() {
        let standing = |figure: Figure| figure.standing();
        assert_eq!(standing(Figure::higher("a", 0.8, "×").to_reach(0.75)), "  target ≥ 0.75: reached");
        assert_eq!(standing(Figure::lower("a", 1.5, "×").to_reach(1.3)), "  target ≤ 1.30: missed");
        assert_eq!(standing(Figure::lower("a", 1.5, "×")), "");
    }
}
