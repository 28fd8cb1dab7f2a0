import TestSupport
import Testing

@testable import Transport

/// What botocore's rules say of a service in a region; `null` where there is no endpoint.
private struct KnownEndpoint: Decodable {
    var service: String
    var region: String
    var plain: String?
    var dualStack: String?
    var fips: String?
    var both: String?
    /// Absent where no variant has an endpoint.
    var signingRegion: String?
}

@Suite struct `AWS's endpoints` {
    @Test func `are those that botocore's rules give`() throws {
        let known = try Fixtures.jsonLines("aws/endpoints.jsonl", as: KnownEndpoint.self)
        #expect(known.count > 600)
        for row in known {
            let variants: [(AWSEndpoint.Variant, String?)] = [
                (AWSEndpoint.Variant(), row.plain), (.dualStack, row.dualStack), (.fips, row.fips),
                (AWSEndpoint.Variant([.dualStack, .fips]), row.both),
            ]
            for (variant, url) in variants {
                let ours = try? AWSEndpoint.url(of: row.service, region: row.region, variant: variant)
                #expect(ours == url, "\(row.service) \(row.region) \(variant)")
                if variant == [], row.plain != nil {
                    let endpoint = try AWSEndpoint.of(row.service, region: row.region)
                    #expect(endpoint.signingRegion == row.signingRegion, "\(row.service) \(row.region)")
                }
            }
        }
    }

    @Test(arguments: [
        "", "-", "--", "eu", "eu-1", "eu-west", "eu-west-", "eu--1", "EU-WEST-1", "eu-west-1 ", "aws-global",
        "us-isox-east-1", "aws-cn-global", "eusc-fr-east-1", "xx-west-1", "us-east-1.evil.example/x-1",
        "us-east-1/", "cn-gov-west-1", "eu-west-１",
    ])
    func `of what is no region of ours are refused, with the region`(region: String) {
        let error = #expect(throws: AWSError.self) {
            try AWSEndpoint.url(of: "bedrock-runtime", region: region)
        }
        guard case .noEndpoint("bedrock-runtime", region, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.isRetryable == false)
    }
}
