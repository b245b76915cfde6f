//! The shipped region table.

use arumbae_domain::RegionCode;
use arumbae_domain::region_table::{RegionFiles, RegionLevel, RegionTable};

fn table() -> RegionTable {
    RegionTable::parse(&RegionFiles {
        version: include_str!("../../../../assets/regions/version.toml"),
        provinces: include_str!("../../../../assets/regions/provinces.csv"),
        regencies: include_str!("../../../../assets/regions/regencies.csv"),
        districts: include_str!("../../../../assets/regions/districts.csv"),
        villages: include_str!("../../../../assets/regions/villages.csv"),
    })
    .unwrap()
}

fn code(text: &str) -> RegionCode {
    text.parse().unwrap()
}

#[test]
fn the_table_holds_both_provinces_whole() {
    let table = table();
    let below = |parents: Vec<RegionCode>| -> Vec<RegionCode> {
        parents.iter().flat_map(|parent| table.children(parent)).map(|region| region.code.clone()).collect()
    };
    for (province, regencies, districts, villages) in [("81", 11, 119, 1235), ("82", 10, 118, 1185)] {
        let found_regencies = below(vec![code(province)]);
        let found_districts = below(found_regencies.clone());
        let found_villages = below(found_districts.clone());
        let counts = (found_regencies.len(), found_districts.len(), found_villages.len());
        assert_eq!(counts, (regencies, districts, villages), "kabupaten/kota, kecamatan and desa of {province}");
    }
    assert_eq!(table.provinces().count(), 2);
}

#[test]
fn a_region_knows_where_it_lies() {
    let table = table();
    let path = table.path(&code("81.71.02")).unwrap();
    let names: Vec<&str> = path.within.iter().map(|region| region.name.as_str()).collect();
    assert_eq!((path.region.name.as_str(), names), ("Sirimau", vec!["Maluku", "Kota Ambon"]));
    assert_eq!(table.get(&code("81.71")).unwrap().level, RegionLevel::City);
    assert_eq!(table.get(&code("81.99")), None, "a code that does not exist is not found");
}

#[test]
fn a_name_that_repeats_within_a_district_is_found_twice() {
    let found = table().search("nusaniwe", 10);
    let told: Vec<(String, RegionLevel)> = found.iter().map(|p| (p.region.code.to_string(), p.region.level)).collect();
    assert_eq!(
        told,
        [
            ("81.71.01".to_owned(), RegionLevel::District),
            ("81.71.01.1006".to_owned(), RegionLevel::UrbanVillage),
            ("81.71.01.2003".to_owned(), RegionLevel::Village),
        ]
    );
    assert_eq!(table().search("81.71.02", 1)[0].region.name, "Sirimau", "codes can be searched too");
    assert!(table().search(" ", 10).is_empty());
}
