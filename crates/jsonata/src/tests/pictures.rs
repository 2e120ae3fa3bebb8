//! Pictures of numbers, integers and dates.

use super::check;

const NUMBERS: &str = r##"
$formatNumber(0, "#") ==> "0"
$formatNumber(0, "0") ==> "0"
$formatNumber(0, "#.##") ==> ".0"
$formatNumber(0.5, "#.##") ==> ".5"
$formatNumber(0.5, ".00") ==> ".50"
$formatNumber(12345678.9, "9,999.99") ==> "12,345,678.90"
$formatNumber(123412345678.9, "9,9,99.99") ==> "123412345,6,78.90"
$formatNumber(1234.56789, "9,999.999,99") ==> "1,234.567,89"
$formatNumber(1e6, "#,##,##0") ==> "10,00,000"
$formatNumber(0, "#,##,##0") ==> ",0,"
$formatNumber(1234.5678, "#,##,##0") ==> "12,35,"
$formatNumber(-0.5, "#,##,##0") ==> "-,0,"
$formatNumber(1e21, "0") ==> "1e+21"
$formatNumber(1e21, "#,##0.00") ==> "1e,+21.00"
$formatNumber(1e21, "#,##,##0") ==> ",1e,+21"
$formatNumber(-5, "0") ==> "-5"
$formatNumber(-5, "0;(0)") ==> "(5)"
$formatNumber(5, "prefix 0 suffix") ==> "prefix 5 suffix"
$formatNumber(0.256, "#%") ==> "26%"
$formatNumber(0.256, "0.0‰") ==> "256.0‰"
$formatNumber(1e-7, "0.000e0") ==> "1.000e-7"
$formatNumber(12345, "0.0##e00") ==> "1.235e04"
$formatNumber(0.234, "0.0e0") ==> "2.3e-1"
$formatNumber(12.34, "00e0") ==> "12e0"
$formatNumber(5, "#,,0") ==> !D3089: The sub-picture must not contain two adjacent instances of the 'grouping-separator' character
$formatNumber(5, "0,.0") ==> !D3087: The sub-picture must not contain a 'grouping-separator' character that appears adjacent to a 'decimal-separator' character
$formatNumber(5, "0.,0") ==> !D3087: The sub-picture must not contain a 'grouping-separator' character that appears adjacent to a 'decimal-separator' character
$formatNumber(5, "0,") ==> !D3088: The sub-picture must not contain a 'grouping-separator' at the end of the integer part
$formatNumber(5, "0.0.0") ==> !D3081: The sub-picture must not contain more than one instance of the 'decimal-separator' character
$formatNumber(5, "0%%") ==> !D3082: The sub-picture must not contain more than one instance of the 'percent' character
$formatNumber(5, "0‰‰") ==> !D3083: The sub-picture must not contain more than one instance of the 'per-mille' character
$formatNumber(5, "0%‰") ==> !D3084: The sub-picture must not contain both a 'percent' and a 'per-mille' character
$formatNumber(5, "0#") ==> !D3090: The integer part of the sub-picture must not contain a member of the 'decimal digit family' that is followed by an instance of the 'optional digit character'
$formatNumber(5, "0.#0") ==> !D3091: The fractional part of the sub-picture must not contain an instance of the 'optional digit character' that is followed by a member of the 'decimal digit family'
$formatNumber(5, "0e%") ==> !D3093: The exponent part of the sub-picture must comprise only of one or more characters that are members of the 'decimal digit family'
$formatNumber(5, "0e1%") ==> !D3092: A sub-picture that contains a 'percent' or 'per-mille' character must not contain a character treated as an 'exponent-separator'
$formatNumber(5, "0ea") ==> !D3093: The exponent part of the sub-picture must comprise only of one or more characters that are members of the 'decimal digit family'
$formatNumber(5, "0;0;0") ==> !D3080: The picture string must only contain a maximum of two sub-pictures
$formatNumber(5, "0x0") ==> !D3086: The sub-picture must not contain a passive character that is preceded by an active character and that is followed by another active character
$formatNumber(1234.5, "#.##0,0", {"decimal-separator": ",", "grouping-separator": "."}) ==> "1.234,5"
$formatNumber(5, "٠٠", {"zero-digit": "٠"}) ==> "٠٥"
$formatNumber(1.5, "0") ==> "2"
$formatNumber(2.5, "0") ==> "2"
$formatNumber(0.125, "0.00") ==> "0.12"
$formatNumber(1234567.891, "#,###.##") ==> "1,234,567.89"
$formatNumber(missing, "0") ==> undefined
$formatNumber(1, "0.00###") ==> "1.00"
$formatNumber(1.23456789, "0.00###") ==> "1.23457"
$formatBase(255, 16) ==> "ff"
$formatBase(-255, 2) ==> "-11111111"
$formatBase(10) ==> "10"
$formatBase(10, 1) ==> !D3100: The radix of the formatBase function must be between 2 and 36.  It was given 1
$formatBase(10.6, 2) ==> "1011"
$formatBase(1e21, 36) ==> "5v1j4f4ds7c000"
$formatBase(36028797018963976, 3) ==> "20110222201101100122022100210120010"
$formatBase(18014398509481984, 3) ==> "10020111100200200022122200101210001"
$formatBase(-1e21, 36) ==> "-5v1j4f4ds7c000"
$formatBase(1e21, 2) ==> "1101100011010111001001101011011100010111011110101000000000000000000000"
$formatBase(1e21) ==> "1e+21"
$formatBase(9007199254740993, 16) ==> "20000000000000"
$formatInteger(4999, "I") ==> "MMMMCMXCIX"
$formatInteger(0, "I") ==> ""
$formatInteger(-5, "I") ==> "-V"
$length($formatInteger(9e6, "I")) ==> 9000
$formatInteger(1e7, "I") ==> !Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive
$formatInteger(1, "w;o") ==> "first"
$formatInteger(20, "w;o") ==> "twentieth"
$formatInteger(25, "w;o") ==> "twenty-fifth"
$formatInteger(100, "w;o") ==> "one hundredth"
$formatInteger(101, "w") ==> "one hundred and one"
$formatInteger(110, "W") ==> "ONE HUNDRED AND TEN"
$formatInteger(1100, "w;o") ==> "one thousand, one hundredth"
$formatInteger(123456789, "w") ==> "one hundred and twenty-three million, four hundred and fifty-six thousand, seven hundred and eighty-nine"
$formatInteger(1e15, "w") ==> "one thousand trillion"
$formatInteger(1e46, "w") ==> "ten billion trillion trillion trillion"
$formatInteger(1e12, "Ww") ==> "One Trillion"
$formatInteger(1e12, "Ww;o") ==> "One Trillionth"
$formatInteger(1, "0;o") ==> "1st"
$formatInteger(2, "0;o") ==> "2nd"
$formatInteger(3, "0;o") ==> "3rd"
$formatInteger(13, "0;o") ==> "13th"
$formatInteger(21, "0;o") ==> "21st"
$formatInteger(101, "0;o") ==> "101st"
$formatInteger(1234, "#,##0;o") ==> "1,234th"
$formatInteger(12345678, "#,##,##0") ==> "123,45,678"
$formatInteger(12345678, "#:###,##0") ==> "12:345,678"
$formatInteger(7, "#:###,##0") ==> ",7"
$formatInteger(-12, "#:###,##0") ==> "-,:12"
$formatInteger(7, "#:##:0") ==> "::7"
$formatInteger(7, "0,") ==> "7,"
$formatInteger(12, "0a") ==> "12a"
$formatInteger(123, "00000") ==> "00123"
$formatInteger(123, "٠٠٠٠") ==> "٠١٢٣"
$formatInteger(123, "0٠") ==> !D3131: In a decimal digit pattern, all digits must be from the same decimal group
$formatInteger(123, "α") ==> !D3130: Formatting or parsing an integer as a sequence starting with "α" is not supported by this implementation
$formatInteger(0, "a") ==> ""
$formatInteger(0, "i") ==> ""
$formatInteger(26, "a") ==> "z"
$formatInteger(27, "A") ==> "AA"
$formatInteger(703, "a") ==> "aaa"
$formatInteger(4999, "I") ==> "MMMMCMXCIX"
$formatInteger(1.9, "0") ==> "1"
$formatInteger(-1.5, "0") ==> "-2"
$formatInteger(-12, "w") ==> "-twelve"
$formatInteger(missing, "w") ==> undefined
$parseInteger("one", "w") ==> 1
$parseInteger("twenty-first", "w;o") ==> 21
$parseInteger("one thousand", "w") ==> 1000
$parseInteger("nine hundred and ninety-nine thousand, nine hundred and ninety-nine", "w") ==> 999999
$parseInteger("one hundredth", "w;o") ==> 100
$parseInteger("twelfth", "w;o") ==> 12
$parseInteger("two million and one", "w") ==> 2000001
$parseInteger("abc", "a") ==> 731
$parseInteger("AB", "A") ==> 28
$parseInteger("mcm", "i") ==> 1900
$parseInteger("1,234", "#,##0") ==> 1234
$parseInteger("21st", "0;o") ==> 21
$parseInteger("007", "0") ==> 7
$parseInteger("٣٤", "٠٠") ==> 34
$parseInteger("x", "α") ==> !D3130: Formatting or parsing an integer as a sequence starting with "α" is not supported by this implementation
$parseInteger("1:234", "#:##0") ==> 1
"##;

#[test]
fn numbers() {
    check(NUMBERS);
}

const DATES: &str = r###"
$fromMillis(0) ==> "1970-01-01T00:00:00.000Z"
$fromMillis(0, "") ==> ""
$fromMillis(-1) ==> "1969-12-31T23:59:59.999Z"
$fromMillis(1510067557121, "[Y]-[M]-[D]") ==> "2017-11-7"
$fromMillis(1510067557121, "[Y,2]-[M,2]-[D,2]") ==> "17-11-07"
$fromMillis(1510067557121, "[Y01]/[M01]/[D01]") ==> "17/11/07"
$fromMillis(1510067557121, "[Y,2-2] [Y##] [Y,*-4]") ==> !D3130: Formatting or parsing an integer as a sequence starting with "##" is not supported by this implementation
$fromMillis(1510067557121, "[MN] [Mn] [MNn,3-3] [MNn,*-3] [FNn,3-3]") ==> "NOVEMBER november Nov Nov Tue"
$fromMillis(1510067557121, "[D1o] [Dwo] [DWwo] [Dw]") ==> "7th seventh Seventh seven"
$fromMillis(1510067557121, "[YI] [Yi] [YA] [Ya]") ==> "MMXVII mmxvii BYO byo"
$fromMillis(1510067557121, "[H]:[m]:[s].[f] [f001] [f1]") ==> "15:12:37.121 121 121"
$fromMillis(1510067557121, "[h]:[m] [P] [PN] [Pn]") ==> "3:12 pm PM pm"
$fromMillis(1510067557121, "[H01][m01][s01]") ==> "151237"
$fromMillis(1510067557121, "[Z] [Z0] [Z0:00] [Z00:00] [Z0000] [Z01:01t] [z]") ==> "+00:00 +0 +0:00 +00:00 +0000 Z GMT+00:00"
$fromMillis(1510067557121, "[Z] [Z0] [Z00] [Z0000] [Z01:01t] [z]", "+0530") ==> "+05:30 +5:30 +05:30 +0530 +05:30 GMT+05:30"
$fromMillis(1510067557121, "[H01]:[m01] [Z]", "-0330") ==> "10:42 -04:30"
$fromMillis(1510067557121, "[H01]:[m01] [z]", "+0100") ==> "16:12 GMT+01:00"
$fromMillis(1510067557121, "[Z00000]") ==> !D3134: The timezone integer format specifier cannot have more than four digits
$fromMillis(1510067557121, "[d] [d001] [dwo]") ==> "311 311 three hundred and eleventh"
$fromMillis(1510067557121, "[F] [F0] [F1] [FN] [Fn]") ==> "tuesday 2 2 TUESDAY tuesday"
$fromMillis(1510067557121, "[W] [w] [X] [x] [xNn]") ==> "45 2 2017 11 November"
$fromMillis(1483228800000, "[W] [w] [X] [x] [xNn]") ==> "52 5 2016 12 December"
$fromMillis(1483142400000, "[W] [w] [X] [x]") ==> "52 5 2016 12"
$fromMillis(1230768000000, "[W] [w] [X] [x]") ==> "1 1 2009 1"
$fromMillis(1609459200000, "[W] [w] [X] [x]") ==> "53 5 2020 12"
$fromMillis(1577750400000, "[W] [w] [X] [x]") ==> "1 1 2020 1"
$fromMillis(951782400000, "[D] [M] [F] [d] [W] [w]") ==> "29 2 tuesday 60 9 1"
$fromMillis(1510067557121, "[C] [E]") ==> "ISO ISO"
$fromMillis(1510067557121, "[[x]] [Y]") ==> "[x] 2017"
$fromMillis(1510067557121, "[Y") ==> !D3135: No matching closing bracket ']' in date/time picture string
$fromMillis(1510067557121, "[q]") ==> !D3132: Unknown component specifier "q" in date/time picture string
$fromMillis(1510067557121, "[YN]") ==> !D3133: The 'name' modifier can only be applied to months and days in the date/time picture string, not "Y"
$fromMillis(1510067557121, "[ Y 0 0 0 1 ]") ==> "2017"
$fromMillis(1510067557121, "Week [W01] of [X0001]") ==> "Week 45 of 2017"
$fromMillis(missing) ==> undefined
$fromMillis(253402300800000) ==> "0000-01-01T00:00:00.000Z"
$fromMillis(-62135596800001) ==> "0000-12-31T23:59:59.999Z"
$fromMillis(1510067557121, missing, "-0500") ==> "2017-11-07T10:12:37.121-05:00"
$toMillis("1970-01-01T00:00:00Z") ==> 0
$toMillis("1970-01-01T00:00:00.001Z") ==> 1
$toMillis("1970-01-01T00:00:00+01:00") ==> -3600000
$toMillis("1970-01-01T00:00:00-0130") ==> 5400000
$toMillis("2017") ==> 1483228800000
$toMillis("2017-02") ==> 1485907200000
$toMillis("2017-02-30") ==> 1488412800000
$toMillis("hello") ==> !D3110: The argument of the toMillis function must be an ISO 8601 formatted timestamp. Given "hello"
$toMillis("1970-01-01T00:00:00.5Z") ==> 500
$toMillis("1970-01-01T00:00:00.123456Z") ==> 123
$toMillis(missing) ==> undefined
$toMillis("21", "[Y]") ==> -1546300800000
$toMillis("2018", "[Y0001]") ==> 1514764800000
$toMillis("2018-12", "[Y0001]-[M01]") ==> 1543622400000
$toMillis("12/25/2018", "[M01]/[D01]/[Y0001]") ==> 1545696000000
$toMillis("25 December 2018", "[D] [MNn] [Y]") ==> 1545696000000
$toMillis("25 DEC 2018", "[D] [MN,3-3] [Y]") ==> !D3136: The date/time picture string is missing specifiers required to parse the timestamp
$toMillis("25 Dec 2018", "[D] [MNn,3-3] [Y]") ==> 1545696000000
$toMillis("Tuesday, 25th December 2018", "[FNn], [D1o] [MNn] [Y]") ==> 1545696000000
$toMillis("2018--180", "[Y]--[d]") ==> 1530230400000
$toMillis("2018-12-25 14:15:16.789", "[Y0001]-[M01]-[D01] [H01]:[m01]:[s01].[f001]") ==> 1545747316789
$toMillis("2018-12-25 02:15 pm", "[Y0001]-[M01]-[D01] [h01]:[m01] [Pn]") ==> 1545747300000
$toMillis("2018-12-25 12:15 am", "[Y0001]-[M01]-[D01] [h01]:[m01] [Pn]") ==> 1545696900000
$toMillis("2018-12-25T14:15:16+05:30", "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01][Z01:01]") ==> 1545727516000
$toMillis("2018-12-25T14:15:16-0500", "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01][Z0101]") ==> 1545765316000
$toMillis("2018-12-25T14:15:16 GMT-05:00", "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01] [z]") ==> 1545765316000
$toMillis("twenty-first of december two thousand and eighteen", "[Dwo] of [Mn] [Yw]") ==> !D3136: The date/time picture string is missing specifiers required to parse the timestamp
$toMillis("MMXVIII-XII-XXV", "[YI]-[MI]-[DI]") ==> 1545696000000
$toMillis("nonsense", "[Y0001]") ==> undefined
$toMillis("2018-25", "[Y0001]-[D01]") ==> !D3136: The date/time picture string is missing specifiers required to parse the timestamp
$toMillis("2018-W52", "[X0001]-W[W01]") ==> !D3136: The date/time picture string is missing specifiers required to parse the timestamp
$toMillis("x2018", "x[Y0001]") ==> 1514764800000
$toMillis("(2018)", "([Y0001])") ==> 1514764800000
$toMillis("20181225", "[Y0001][M01][D01]") ==> 1545696000000
$toMillis("2018-12-25 14", "[Y0001]-[M01]-[D01] [H01]") ==> 1545746400000
$toMillis("2018-12-25 00:05", "[Y0001]-[M01]-[D01] [H01]:[m01]") ==> 1545696300000
"###;

#[test]
fn dates() {
    check(DATES);
}
