import Foundation
import JSONValue

/// Spans as `ExportTraceServiceRequest` of the OpenTelemetry Protocol, in JSON.
///
/// The encoding is Protocol Buffers' JSON mapping but for ids, which are hexadecimal; 64-bit numbers are texts.
///
/// Source: opentelemetry-proto, "OTLP/HTTP JSON Protobuf encoding".
enum OTLPDocument {
    static func encode(_ spans: [SpanRecord], _ export: TraceExport) throws -> Data {
        var resource = export.resource.mapValues { SpanRecord.Value.text($0) }
        resource["service.name"] = .text(export.service)
        resource["service.version"] = .text(export.version)
        resource["telemetry.sdk.name"] = .text("millrace")
        resource["telemetry.sdk.language"] = .text("swift")
        resource["telemetry.sdk.version"] = .text(export.version)
        let document: JSONValue = [
            "resourceSpans": [
                [
                    "resource": ["attributes": attributes(resource)],
                    "scopeSpans": [
                        [
                            "scope": ["name": "millrace", "version": .string(export.version)],
                            "spans": .array(spans.map { json($0) }),
                        ]
                    ],
                ]
            ]
        ]
        return Data(try document.utf8())
    }

    private static func json(_ span: SpanRecord) -> JSONValue {
        var members: [String: JSONValue] = [
            "traceId": .string(span.trace.description), "spanId": .string(span.id.description),
            "name": .string(span.name), "kind": .integer(number(of: span.kind)),
            "startTimeUnixNano": .string("\(span.start)"),
            "endTimeUnixNano": .string("\(max(span.start, span.end))"),
            "attributes": attributes(span.attributes), "status": status(span),
        ]
        if let parent = span.parent { members["parentSpanId"] = .string(parent.description) }
        if let state = span.state { members["traceState"] = .string(state) }
        if span.droppedAttributes > 0 {
            members["droppedAttributesCount"] = .integer(span.droppedAttributes)
        }
        if !span.events.isEmpty {
            members["events"] = .array(
                span.events.map { event in
                    [
                        "name": .string(event.name), "timeUnixNano": .string("\(event.nanoseconds)"),
                        "attributes": attributes(event.attributes),
                    ]
                })
        }
        return .object(members)
    }

    private static func attributes(_ attributes: [String: SpanRecord.Value]) -> JSONValue {
        .array(
            attributes.sorted { $0.key < $1.key }.map { name, value in
                ["key": .string(name), "value": json(value)]
            })
    }

    private static func json(_ value: SpanRecord.Value) -> JSONValue {
        switch value {
        case .text(let text): ["stringValue": .string(text)]
        case .integer(let number): ["intValue": .string("\(number)")]
        case .number(let number):
            // JSON has no other numbers; the mapping writes these as texts.
            number.isFinite
                ? ["doubleValue": .number(number)] : ["doubleValue": .string(Self.name(of: number))]
        case .flag(let flag): ["boolValue": .bool(flag)]
        case .texts(let texts):
            ["arrayValue": ["values": .array(texts.map { ["stringValue": .string($0)] })]]
        }
    }

    private static func name(of number: Double) -> String {
        number.isNaN ? "NaN" : number > 0 ? "Infinity" : "-Infinity"
    }

    private static func status(_ span: SpanRecord) -> JSONValue {
        let code =
            switch span.status {
            case .unset: 0
            case .ok: 1
            case .error: 2
            }
        var status: [String: JSONValue] = ["code": .integer(code)]
        if let message = span.message { status["message"] = .string(message) }
        return .object(status)
    }

    private static func number(of kind: SpanRecord.Kind) -> Int {
        switch kind {
        case .internal: 1
        case .server: 2
        case .client: 3
        case .producer: 4
        case .consumer: 5
        }
    }
}
