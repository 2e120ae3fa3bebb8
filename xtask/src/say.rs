//! The one file that prints: results on standard output, everything else on standard error.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this file owns what the tasks print")]

use crate::failure::Failure;

/// What there is to type.
pub(crate) const USAGE: &str = "\
usage: cargo xtask <task>
  aws-check --yes [--region R] [--profile P] [--program PROGRAM]
           in a real account, under a random stage: deploy, run, measure what only AWS can show, remove, and prove that
           nothing is left; without --yes it says what it makes and costs. `aws-check --local` tries it on this machine
  bench [PART]
           figures beside their bars. Without a part: start, deploy, memory and sizes of the built program;
           `bench local [PROGRAM] [PART ...]`
                                     the embedded cloud over HTTP, beside the machine's limits and a peer: limits, start,
                                     starts, permissions, waits, invokes, stored, logs, history,
                                     restart, million
           `bench console [PROGRAM]` the page of the embedded cloud in a browser: its size, how soon it is there
           `bench deploy [PROGRAM]`  deployments to a cloud that is far away, beside their chain of calls
           `bench engine`            the language engine alone
           `bench graph`             laying out and drawing a thousand states
           `bench test [PROGRAM]`    test cases per second, beside a case on an emulator
           `bench build [PROFILE]`   a fresh build, and one after a change in each crate
  build    package the functions, then build the program that carries them
  conformance [--category C] [--only TEXT] [--kind K] [--jobs N] [--json]
           replay what AWS answered against an embedded cloud, and show where it answers otherwise
  demo     build quickly, then run the lesson from deploy to the email, on this machine alone
  dist [--target TRIPLE] [--program PROGRAM]
           what a release is made of, in target/dist: a static binary in a tar.gz, a Debian package, checksums
  fuzz [TARGET] [SECONDS]
           search for inputs that break the language engine, the embedded cloud's HTTP front, its reader of zips or of policies
  install  build, then copy the program to cargo's bin folder, with completions and manual pages
  link-order
           find which functions the embedded cloud uses (with valgrind), and write the script by which the linker puts them
           together: less of the program is in memory then
  matrix [--sample] [--seed N] [WORDS]
           every call of a deployment failing in every way, and every command without each permission that it needs:
           all cases, a seeded sample of them, or those with WORDS in their names
  models   make the API models that the program carries anew, from the botocore that is pinned, and print what changed
  policies [--count N] [--seed N]
           random policies, decided by the policy crate and by a simulator of IAM that nobody here wrote (npm): 20,000, or N
  recording [PROGRAM]
           draw a terminal session with the built program as the picture that the README shows
  simulate [--count N] [--seed N]
           random workflows on clouds that crash at random moments, compared with clouds that do not: 100,000, or so many
  test [--seed N] [--date +1y]
           everything that must hold before a change is done, with a sample of the fault matrix; with a date, the tests
           alone, run with the machine's clock moved
  tidy [RULE]
           the rules of the code that compiler and clippy do not check";

/// A result.
pub(crate) fn line(text: &str) {
    println!("{text}");
}

/// What is being done.
pub(crate) fn progress(text: &str) {
    eprintln!("{text}");
}

/// A headline above what follows.
pub(crate) fn headline(text: &str) {
    eprintln!("\n=== {text}");
}

/// Why the task ended.
pub(crate) fn error(failure: &Failure) {
    eprintln!("{failure}");
}
