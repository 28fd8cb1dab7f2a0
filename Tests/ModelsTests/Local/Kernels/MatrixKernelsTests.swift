import Foundation
import TestSupport
import Testing

@testable import Models

/// A matrix of numbers from −1 to 1, uniform: every sign and the full range of codes occur.
private func random(_ rows: Int, _ columns: Int, _ generator: inout some RandomNumberGenerator) -> FloatMatrix
{
    let matrix = FloatMatrix(rows: rows, columns: columns)
    matrix.block(rows: 0..<rows).withPointer { x in
        for i in 0..<(rows * columns) { x[i] = Float.random(in: -1...1, using: &generator) }
    }
    return matrix
}

private func floats(_ matrix: FloatMatrix) -> [[Float]] {
    (0..<matrix.rows).map { matrix.block(rows: 0..<matrix.rows).row($0) }
}

/// Rows, inner and outer width: one of each, odd ones, tails of every tile and panel, the model's own.
private let shapes = [
    (1, 1, 1), (1, 64, 16), (2, 8, 33), (3, 100, 40), (7, 65, 31), (13, 384, 64), (16, 128, 32), (17, 72, 48),
    (29, 384, 1152), (33, 1536, 384),
]

@Suite struct `Matrix kernels` {
    @Test(arguments: MatrixKernels.available.map(\.set), shapes)
    func `a product of floats is the sum of products`(
        _ set: MatrixKernels.InstructionSet, _ shape: (Int, Int, Int)
    ) throws {
        let kernels = try #require(MatrixKernels(set))
        let (rows, inner, outer) = shape
        var generator = SeededGenerator(seed: UInt64(rows * 1000 + inner))
        let x = random(rows, inner, &generator)
        let w = random(outer, inner, &generator)
        let y = random(rows, outer, &generator)
        let before = floats(y)
        let panels = FloatPanels(inner: inner, outer: outer, columns: floats(w).flatMap(\.self))
        kernels.multiply(
            x.block(rows: 0..<rows), panels, into: y.block(rows: 0..<rows), accumulating: true)
        let (a, b, result) = (floats(x), floats(w), floats(y))
        for r in 0..<rows {
            for o in 0..<outer {
                var exact = Double(before[r][o])
                for (p, q) in zip(a[r], b[o]) { exact += Double(p) * Double(q) }
                #expect(abs(Double(result[r][o]) - exact) < 1e-6 * Double(inner) + 1e-6)
            }
        }
    }

    @Test(arguments: MatrixKernels.available.map(\.set), shapes)
    func `a product of halves is that of the floats they are, to the bit`(
        _ set: MatrixKernels.InstructionSet, _ shape: (Int, Int, Int)
    ) throws {
        let kernels = try #require(MatrixKernels(set))
        let (rows, inner, outer) = shape
        var generator = SeededGenerator(seed: UInt64(rows * 1000 + inner))
        let x = random(rows, inner, &generator)
        // Also halves that are subnormal, and zeros of both signs.
        let scales: [Float] = [1, 1e-3, 1e-6, 0, -0]
        let columns = floats(random(outer, inner, &generator)).flatMap(\.self).enumerated().map {
            $1 * scales[$0 % scales.count]
        }
        let halves = try #require(HalfPanels(inner: inner, outer: outer, columns: columns))
        let rounded = FloatPanels(inner: inner, outer: outer, columns: columns.map { Float(Float16($0)) })
        for accumulating in [false, true] {
            let (y, z) = (FloatMatrix(rows: rows, columns: outer), FloatMatrix(rows: rows, columns: outer))
            let all = x.block(rows: 0..<rows)
            kernels.multiply(all, halves, into: y.block(rows: 0..<rows), accumulating: accumulating)
            kernels.multiply(all, rounded, into: z.block(rows: 0..<rows), accumulating: accumulating)
            #expect(floats(y) == floats(z))
        }
    }

    @Test func `weights beyond what a half can be stay floats`() {
        #expect(HalfPanels(inner: 2, outer: 1, columns: [1, 70_000]) == nil)
        guard case .floats = PackedProduct(inner: 2, outer: 1, columns: [1, 70_000], precision: .halves)
        else {
            Issue.record("packed as something else")
            return
        }
    }

    @Test(arguments: MatrixKernels.available.map(\.set), shapes)
    func `codes and their products equal the plain ones to the bit`(
        _ set: MatrixKernels.InstructionSet, _ shape: (Int, Int, Int)
    ) throws {
        let (kernels, plain) = (try #require(MatrixKernels(set)), try #require(MatrixKernels(.scalar)))
        let (rows, inner, outer) = shape
        var generator = SeededGenerator(seed: UInt64(rows * 1000 + inner))
        let x = random(rows, inner, &generator)
        let weights = CodePanels(
            inner: inner, outer: outer, columns: floats(random(outer, inner, &generator)).flatMap(\.self))
        for accumulating in [false, true] {
            let (y, z) = (FloatMatrix(rows: rows, columns: outer), FloatMatrix(rows: rows, columns: outer))
            for (kernels, target) in [(kernels, y), (plain, z)] {
                for _ in 0..<2 {
                    kernels.multiply(
                        x.block(rows: 0..<rows), weights, into: target.block(rows: 0..<rows),
                        accumulating: accumulating, scratch: CodeScratch(rows: rows, columns: inner))
                }
            }
            #expect(floats(y) == floats(z))
        }
    }

    @Test func `the plain product of codes is the sum of rounded factors`() throws {
        let plain = try #require(MatrixKernels(.scalar))
        // The largest is 127 in code, so that every number here is a code times 1/127 already.
        let x = FloatMatrix(row: [127, -64, 3, 0, 1].map { $0 / 127 })
        let weights = CodePanels(inner: 5, outer: 2, columns: [127, -127, 12, 5, 0, 1, 2, 3, 4, 127])
        let y = FloatMatrix(rows: 1, columns: 2)
        plain.multiply(
            x.block(rows: 0..<1), weights, into: y.block(rows: 0..<1), accumulating: false,
            scratch: CodeScratch(rows: 1, columns: 5))
        let expected: [Float] = [(127 * 127 + 64 * 127 + 36) / 127, (127 - 128 + 9 + 127) / 127]
        #expect(largestDifference(floats(y)[0], expected) < 1e-4)
    }

    @Test(arguments: MatrixKernels.available.map(\.set))
    func `a row of zeros has products of zero, the largest sums stay exact`(
        _ set: MatrixKernels.InstructionSet
    ) throws {
        let kernels = try #require(MatrixKernels(set))
        let inner = 4096
        let x = FloatMatrix(rows: 2, columns: inner)
        x.block(rows: 1..<2).withPointer { row in for i in 0..<inner { row[i] = 1 } }
        let weights = CodePanels(inner: inner, outer: 1, columns: [Float](repeating: -1, count: inner))
        let y = FloatMatrix(rows: 2, columns: 1)
        kernels.multiply(
            x.block(rows: 0..<2), weights, into: y.block(rows: 0..<2), accumulating: false,
            scratch: CodeScratch(rows: 2, columns: inner))
        #expect(floats(y)[0][0] == 0)
        #expect(abs(floats(y)[1][0] + Float(inner)) < 0.01)
    }

    @Test(arguments: MatrixKernels.available.map(\.set), [1, 2, 15, 33, 57, 130])
    func `attention is the softmax of scores times values`(
        _ set: MatrixKernels.InstructionSet, _ count: Int
    ) throws {
        let kernels = try #require(MatrixKernels(set))
        for (heads, width, biased) in [(2, 8, true), (3, 32, false), (1, 40, true)] {
            var generator = SeededGenerator(seed: UInt64(count))
            let hidden = heads * width
            let qkv = random(count, 3 * hidden, &generator)
            let distances = biased ? random(heads, 2 * count + 5, &generator) : nil
            let context = FloatMatrix(rows: count, columns: hidden)
            let scratch = FloatMatrix(
                rows: 1, columns: MatrixKernels.attentionScratch(count: count, headWidth: width))
            kernels.attend(
                qkv.block(rows: 0..<count), heads: heads, distances: distances,
                into: context.block(rows: 0..<count), scratch: scratch)
            let expected = attention(
                floats(qkv), heads: heads, distances: distances.map(floats))
            for (actual, exact) in zip(floats(context), expected) {
                #expect(largestDifference(actual, exact) < 1e-5)
            }
        }
    }

    /// The definition, in 64 bits.
    private func attention(_ qkv: [[Float]], heads: Int, distances: [[Float]]?) -> [[Float]] {
        let (count, hidden) = (qkv.count, qkv[0].count / 3)
        let width = hidden / heads
        let x = qkv.map { $0.map(Double.init) }
        var context = [[Float]](repeating: [Float](repeating: 0, count: hidden), count: count)
        for head in 0..<heads {
            for q in 0..<count {
                var weights: [Double] = []
                for k in 0..<count {
                    var score = 0.0
                    if let row = distances?[head] { score = Double(row[k - q + row.count / 2]) }
                    for d in (head * width)..<((head + 1) * width) { score += x[q][d] * x[k][hidden + d] }
                    weights.append(exp(score))
                }
                let total = weights.reduce(0, +)
                for d in (head * width)..<((head + 1) * width) {
                    var sum = 0.0
                    for k in 0..<count { sum += weights[k] / total * x[k][2 * hidden + d] }
                    context[q][d] = Float(sum)
                }
            }
        }
        return context
    }

    @Test(arguments: MatrixKernels.available.map(\.set))
    func `activations and norms are what they are called`(_ set: MatrixKernels.InstructionSet) throws {
        let kernels = try #require(MatrixKernels(set))
        let values = (0..<41).map { Float($0 - 20) / 2 }
        let bias = FloatMatrix(row: values.map { _ in Float(0.25) })
        func result(_ activation: EncoderShape.Activation) -> [Float] {
            let x = FloatMatrix(row: values)
            kernels.activate(x.block(rows: 0..<1), bias, activation)
            return x.block(rows: 0..<1).row(0)
        }
        let shifted = values.map { Double($0) + 0.25 }
        func expect(_ actual: [Float], _ f: (Double) -> Double) {
            for (x, y) in zip(shifted, actual) { #expect(abs(f(x) - Double(y)) < 6e-5 * max(1, abs(x))) }
        }
        expect(result(.gelu)) { $0 * 0.5 * erfc(-$0 / 2.0.squareRoot()) }
        expect(result(.geluTanh)) {
            $0 / 2 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)))
        }
        expect(result(.relu)) { max($0, 0) }
        let mean = shifted.reduce(0, +) / 41
        let variance = shifted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 41
        let x = FloatMatrix(row: values)
        kernels.normalize(
            x.block(rows: 0..<1),
            .init(bias: bias, gain: FloatMatrix(row: values), shift: bias), epsilon: 0.5)
        for (i, y) in x.block(rows: 0..<1).row(0).enumerated() {
            let exact = (shifted[i] - mean) / (variance + 0.5).squareRoot() * Double(values[i]) + 0.25
            #expect(abs(Double(y) - exact) < 1e-4)
        }
    }

    @Test(arguments: MatrixKernels.available.map(\.set))
    func `every instruction set embeds alike`(_ set: MatrixKernels.InstructionSet) throws {
        let kernels = try #require(MatrixKernels(set))
        let references = try Fixtures.jsonLines("encoder/reference.jsonl", as: EncoderReference.self)
        let weights = try TransformerWeights(
            TensorSet([try Safetensors(file: LocalModelFolder.file("model.safetensors"))]), shape: .miniLM,
            maxTokens: 256)
        let encoder = TransformerEncoder(weights, kernels: kernels)
        for reference in references.prefix(12) {
            let vector = encoder.encode([reference.ids])[0]
            #expect(largestDifference(vector, reference.floats) < 1e-4)
        }
    }
}
