import AWSServices
import Foundation

extension FaultedClient {
    /// Every call that the product makes of a service of AWS's.
    static let all = bedrock + sageMaker + comprehend + search + openSearch + stores + keys + messaging

    /// One that nobody else has.
    static func name(_ prefix: String) -> String { "\(prefix)-\(UInt32.random(in: .min ... .max))" }
}
