//! How many calls AWS takes of an operation, in each region.
//!
//! AWS counts calls per account and region in token buckets. Some operations have a bucket of their own, others share one.
//! Where AWS publishes a rate and no size, the bucket holds the calls of one second.

use crate::rate_limit::RateLimit;

/// The token bucket that an operation's calls come out of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    group: Option<&'static str>,
    is_global: bool,
    usual: Bucket,
    /// Two are enough for every operation whose quotas are published.
    exceptions: [Option<(&'static [&'static str], Bucket)>; 2],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bucket {
    size: u32,
    rate_per_s: u32,
}

impl Quota {
    /// A bucket for each operation: how many calls at once, and how many a second in the long run.
    #[must_use]
    pub const fn each(size: u32, rate_per_s: u32) -> Self {
        Self { group: None, is_global: false, usual: Bucket { size, rate_per_s }, exceptions: [None; 2] }
    }

    /// One bucket for all operations of the service that name this group.
    #[must_use]
    pub const fn shared(group: &'static str, size: u32, rate_per_s: u32) -> Self {
        Self { group: Some(group), ..Self::each(size, rate_per_s) }
    }

    /// With one bucket for all regions of an account.
    #[must_use]
    pub const fn global(self) -> Self {
        Self { is_global: true, ..self }
    }

    /// With a bucket of another size in these regions.
    #[must_use]
    pub const fn in_regions(mut self, regions: &'static [&'static str], size: u32, rate_per_s: u32) -> Self {
        let bucket = Some((regions, Bucket { size, rate_per_s }));
        match self.exceptions {
            [None, _] => self.exceptions[0] = bucket,
            _ => self.exceptions[1] = bucket,
        }
        self
    }

    /// The name that the operations have in common that share the bucket; none when the operation has its own.
    #[must_use]
    pub fn group(&self) -> Option<&'static str> {
        self.group
    }

    /// Whether all regions of an account share the bucket.
    #[must_use]
    pub fn is_global(&self) -> bool {
        self.is_global
    }

    /// How many calls pass in a region.
    #[must_use]
    pub fn limit(&self, region: &str) -> RateLimit {
        let named = self.exceptions.iter().flatten().find(|(regions, _)| regions.contains(&region));
        let bucket = named.map_or(self.usual, |(_, bucket)| *bucket);
        RateLimit { rate_per_s: f64::from(bucket.rate_per_s), burst: f64::from(bucket.size) }
    }

    /// The quota as documentation gives it: `100, then 1/s`; regions that differ come after it.
    #[must_use]
    pub fn words(&self) -> String {
        let shared = self.group.map(|group| format!(", shared by {group}")).unwrap_or_default();
        let exceptions = self.exceptions.iter().flatten();
        let exceptions = exceptions.map(|(regions, bucket)| format!("; {} in {}", bucket.words(), regions.join(", ")));
        format!("{}{shared}{}", self.usual.words(), exceptions.collect::<String>())
    }
}

impl Bucket {
    fn words(self) -> String {
        let Self { size, rate_per_s } = self;
        if size == rate_per_s { format!("{rate_per_s}/s") } else { format!("{size}, then {rate_per_s}/s") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_region_has_its_bucket() {
        let quota = Quota::each(100, 2).in_regions(&["us-east-1"], 200, 5).in_regions(&["eu-west-1"], 7, 7);
        let limit = |region| quota.limit(region);
        assert_eq!(limit("us-east-1"), RateLimit { rate_per_s: 5.0, burst: 200.0 });
        assert_eq!(limit("eu-west-1"), RateLimit { rate_per_s: 7.0, burst: 7.0 });
        assert_eq!(limit("eu-west-2"), RateLimit { rate_per_s: 2.0, burst: 100.0 });
        assert_eq!(quota.words(), "100, then 2/s; 200, then 5/s in us-east-1; 7/s in eu-west-1");
        assert_eq!(Quota::shared("all reads", 50, 20).words(), "50, then 20/s, shared by all reads");
    }
}
