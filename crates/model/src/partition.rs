//! The partitions of AWS: groups of regions that share nothing, each with ARNs and domains of its own.

use super::names::Region;

/// A partition.
struct Partition {
    /// How its ARNs begin after `arn:`.
    id: &'static str,
    /// The domain under which the services of its regions live.
    url_suffix: &'static str,
    /// What the names of its regions begin with.
    region_start: &'static str,
    /// The domain of its console, which the isolated ones have not published.
    console: Option<&'static str>,
}

/// The one that every other region belongs to.
static AWS: Partition =
    Partition { id: "aws", url_suffix: "amazonaws.com", region_start: "", console: Some("console.aws.amazon.com") };

/// The others, as the SDKs' partitions.json has them.
static OTHERS: [Partition; 7] = [
    Partition {
        id: "aws-cn",
        url_suffix: "amazonaws.com.cn",
        region_start: "cn-",
        console: Some("console.amazonaws.cn"),
    },
    Partition {
        id: "aws-us-gov",
        url_suffix: "amazonaws.com",
        region_start: "us-gov-",
        console: Some("console.amazonaws-us-gov.com"),
    },
    Partition {
        id: "aws-eusc",
        url_suffix: "amazonaws.eu",
        region_start: "eusc-",
        console: Some("console.amazonaws-eusc.eu"),
    },
    Partition { id: "aws-iso", url_suffix: "c2s.ic.gov", region_start: "us-iso-", console: None },
    Partition { id: "aws-iso-b", url_suffix: "sc2s.sgov.gov", region_start: "us-isob-", console: None },
    Partition { id: "aws-iso-e", url_suffix: "cloud.adc-e.uk", region_start: "eu-isoe-", console: None },
    Partition { id: "aws-iso-f", url_suffix: "csp.hci.ic.gov", region_start: "us-isof-", console: None },
];

fn of(region: &Region) -> &'static Partition {
    OTHERS.iter().find(|it| region.as_str().starts_with(it.region_start)).unwrap_or(&AWS)
}

impl Region {
    /// The partition that the region belongs to: `aws`, `aws-cn`, `aws-us-gov`, `aws-eusc` or one of the isolated ones.
    pub fn partition(&self) -> &'static str {
        of(self).id
    }

    /// The domain under which the region's services live.
    pub fn url_suffix(&self) -> &'static str {
        of(self).url_suffix
    }

    /// The domain under which the region's console lives, if it is known.
    pub fn console_domain(&self) -> Option<&'static str> {
        of(self).console
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_know_their_partition() {
        let cases = [
            ("us-east-1", "aws", "amazonaws.com"),
            ("mx-central-1", "aws", "amazonaws.com"),
            ("eu-south-2", "aws", "amazonaws.com"),
            ("cn-northwest-1", "aws-cn", "amazonaws.com.cn"),
            ("us-gov-east-1", "aws-us-gov", "amazonaws.com"),
            ("eusc-de-east-1", "aws-eusc", "amazonaws.eu"),
            ("us-iso-west-1", "aws-iso", "c2s.ic.gov"),
            ("us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov"),
            ("eu-isoe-west-1", "aws-iso-e", "cloud.adc-e.uk"),
            ("us-isof-south-1", "aws-iso-f", "csp.hci.ic.gov"),
        ];
        for (region, partition, suffix) in cases {
            let region = Region::parse(region).unwrap();
            assert_eq!((region.partition(), region.url_suffix()), (partition, suffix), "{region}");
        }
        assert_eq!(Region::parse("us-iso-east-1").unwrap().console_domain(), None);
    }
}
