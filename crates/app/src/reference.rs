//! The reference data shipped with the program: region tables, deadline rules, holidays.
//!
//! The texts are compiled in and parsed once; that each of them parses is asked by a test, so a release cannot ship
//! with one that does not.

use std::sync::LazyLock;

use arumbae_domain::deadline::{DeadlineRules, Holidays};
use arumbae_domain::region_table::RegionTable;

static DEADLINE_RULES: LazyLock<DeadlineRules> = LazyLock::new(|| {
    DeadlineRules::parse(include_str!("../../../assets/rules/deadlines.toml"))
        .expect("the shipped deadline rules are read by a test")
});

static HOLIDAYS: LazyLock<Holidays> = LazyLock::new(|| {
    Holidays::parse(include_str!("../../../assets/rules/holidays.toml"))
        .expect("the shipped holidays are read by a test")
});

/// The region table in force.
pub(crate) fn regions() -> &'static RegionTable {
    RegionTable::shipped()
}

/// The deadline rules in force.
pub(crate) fn deadline_rules() -> &'static DeadlineRules {
    &DEADLINE_RULES
}

/// The holidays known.
pub(crate) fn holidays() -> &'static Holidays {
    &HOLIDAYS
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_shipped_reference_data_can_be_read() {
        assert_eq!(super::regions().provinces().count(), 2, "Maluku and Maluku Utara");
        assert!(!super::deadline_rules().all().is_empty());
        assert!(super::holidays().knows(jiff::civil::date(2024, 2, 14)));
    }
}
