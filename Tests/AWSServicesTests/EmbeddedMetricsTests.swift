import Foundation
import JSONValue
import Testing

@testable import AWSServices

@Suite struct `Metrics for CloudWatch` {
    @Test func `are a line of the embedded format`() throws {
        var metrics = EmbeddedMetrics(namespace: "Millrace")
        metrics.dimension("Service", "api")
        metrics.add("Latency", 12.5, .milliseconds)
        metrics.add("Latency", 13, .milliseconds)
        metrics.add("Requests", 1, .count, isHighResolution: true)
        metrics.property("requestId", "r-1")
        let line = try metrics.line(at: Date(timeIntervalSince1970: 1.5))
        #expect(!line.contains("\n"))
        let expected: JSONValue = [
            "_aws": [
                "Timestamp": 1500,
                "CloudWatchMetrics": [
                    [
                        "Namespace": "Millrace", "Dimensions": [["Service"]],
                        "Metrics": [
                            ["Name": "Latency", "Unit": "Milliseconds"],
                            ["Name": "Requests", "Unit": "Count", "StorageResolution": 1],
                        ],
                    ]
                ],
            ],
            "Service": "api", "Latency": [12.5, 13], "Requests": 1, "requestId": "r-1",
        ]
        #expect(try JSONValue(parsing: line) == expected)
    }

    @Test func `that CloudWatch would drop are refused`() {
        func refused(_ change: (inout EmbeddedMetrics) -> Void, namespace: String = "n") {
            var metrics = EmbeddedMetrics(namespace: namespace)
            change(&metrics)
            #expect(throws: EmbeddedMetrics.Fault.self) { try metrics.line(at: Date()) }
        }
        refused({ _ in }, namespace: "")
        refused { $0.add("x", .infinity) }
        refused { $0.dimension("d", "") }
        refused { $0.dimension("d", "é") }
        refused { metrics in for index in 0...30 { metrics.dimension("d\(index)", "v") } }
        refused { metrics in for _ in 0...100 { metrics.add("x", 1) } }
        refused { metrics in for index in 0...100 { metrics.add("x\(index)", 1) } }
        refused { metrics in
            metrics.dimension("x", "v")
            metrics.add("x", 1)
        }
        refused { $0.property("_aws", 1) }
    }
}
