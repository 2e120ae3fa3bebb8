//! CSV files: a row is an item, an object with a text per column.

use std::collections::BTreeSet;
use std::io::Read;

use csv::ReaderBuilder;
use serde_json::{Map, Value};

use super::Unreadable;
use crate::document::Document;
use crate::quotas::MAX_CSV_HEADER_BYTES;

/// The rows of a file. The names of the columns are given, or the first row has them. A field too many is dropped, one that is
/// missing is empty; blank lines are no rows.
pub(crate) fn rows(text: &str, headers: Option<&[String]>, delimiter: char) -> Result<Vec<Document>, Unreadable> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut records = records(text, delimiter)?.into_iter();
    let headers = match headers {
        Some(headers) => headers.to_vec(),
        None => match records.next() {
            Some(first) => first,
            None => return Ok(Vec::new()),
        },
    };
    check(&headers)?;
    let order = order_of_a_hash_map(&headers);
    let row = |record: Vec<String>| {
        let members: Map<String, Value> = order
            .iter()
            .filter_map(|column| {
                let value = record.get(*column).cloned().unwrap_or_default();
                Some((headers.get(*column)?.clone(), value.into()))
            })
            .collect();
        Document::of(Value::Object(members))
    };
    Ok(records.map(row).collect())
}

fn check(headers: &[String]) -> Result<(), Unreadable> {
    let distinct: BTreeSet<&String> = headers.iter().collect();
    if distinct.len() != headers.len() {
        // AWS's own words.
        return Err(Unreadable("CSV headers cannot contain duplicates.".to_owned()));
    }
    if headers.iter().map(String::len).sum::<usize>() > MAX_CSV_HEADER_BYTES {
        return Err(Unreadable("CSV headers cannot exceed 10 KiB.".to_owned()));
    }
    Ok(())
}

/// The record that is put after the last one: it is read as such unless the file ends inside a quoted field.
const END: &str = "\u{0}";

/// Records of fields as RFC 4180 has them: those in double quotes may hold delimiters, line ends and doubled quotes.
fn records(text: &str, delimiter: char) -> Result<Vec<Vec<String>>, Unreadable> {
    let unreadable = |problem: String| Unreadable(format!("The CSV file can't be read: {problem}."));
    let delimiter = u8::try_from(delimiter).map_err(|problem| unreadable(problem.to_string()))?;
    let mut builder = ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(delimiter);
    // The reader itself takes an open quote at the end of a file for closed.
    let marked = text.as_bytes().chain(b"\n".as_slice()).chain(END.as_bytes());
    let mut records = Vec::new();
    for record in builder.from_reader(marked).records() {
        let record = record.map_err(|problem| unreadable(problem.to_string()))?;
        records.push(record.iter().map(ToOwned::to_owned).collect::<Vec<String>>());
    }
    match records.pop().as_deref() {
        Some([mark]) if mark == END => Ok(records),
        _ => Err(Unreadable("The CSV file ends inside a quoted field.".to_owned())),
    }
}

/// The order in which AWS shows the columns: that of a Java `HashMap`, whose slot for a name is its hash modulo the table's size.
fn order_of_a_hash_map(names: &[String]) -> Vec<usize> {
    let mut slots: u32 = 16;
    while names.len() as u64 * 4 > u64::from(slots) * 3 {
        slots *= 2;
    }
    let slot = |name: &str| {
        let hash = name.encode_utf16().fold(0_u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(unit.into()));
        (hash ^ (hash >> 16)) & (slots - 1)
    };
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by_key(|column| names.get(*column).map(|name| slot(name)));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, headers: Option<&[&str]>) -> String {
        let headers = headers.map(|headers| headers.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        match rows(text, headers.as_deref(), ',') {
            Ok(rows) => Document::array(&rows).text().to_string(),
            Err(Unreadable(problem)) => problem,
        }
    }

    #[test]
    fn fills_in_and_drops_fields() {
        let text = "a,b,c\n,,,\ntrue,1,'x'\n   \n\nd";
        insta::assert_snapshot!(read(text, Some(&["H1", "H2"])), @r#"[{"H1":"a","H2":"b"},{"H1":"","H2":""},{"H1":"true","H2":"1"},{"H1":"   ","H2":""},{"H1":"d","H2":""}]"#);
    }

    #[test]
    fn shows_columns_in_the_order_of_a_hash_map() {
        insta::assert_snapshot!(read("0,True,{}\n1,2,3", None), @r#"[{"0":"1","{}":"3","True":"2"}]"#);
        insta::assert_snapshot!(read("H1,\n1,2,3", None), @r#"[{"":"2","H1":"1"}]"#);
        assert_eq!(read("", None), "[]");
    }

    #[test]
    fn reads_quotes() {
        insta::assert_snapshot!(read("\"a,\"\"b\"\"\nc\",d\r\n\"\",\"e\"f\r\n\"\"", Some(&["x", "y"])), @r#"[{"x":"a,\"b\"\nc","y":"d"},{"x":"","y":"ef"},{"x":"","y":""}]"#);
        assert_eq!(read("\"a", Some(&["x"])), "The CSV file ends inside a quoted field.");
    }

    #[test]
    fn refuses_headers() {
        assert_eq!(read("1,2", Some(&["x", "x"])), "CSV headers cannot contain duplicates.");
        assert_eq!(read(&"x".repeat(10_241), None), "CSV headers cannot exceed 10 KiB.");
    }
}
