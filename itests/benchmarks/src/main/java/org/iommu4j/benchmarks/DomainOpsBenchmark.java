package org.iommu4j.benchmarks;

import static org.iommu4j.benchmarks.Pages.G1;
import static org.iommu4j.benchmarks.Pages.IOVA;
import static org.iommu4j.benchmarks.Pages.K4;
import static org.iommu4j.benchmarks.Pages.K64;
import static org.iommu4j.benchmarks.Pages.M2;
import static org.iommu4j.benchmarks.Pages.PA;
import static org.iommu4j.benchmarks.Pages.RUN;
import static org.iommu4j.benchmarks.Pages.RUN_BYTES;
import static org.iommu4j.benchmarks.Pages.RW;

import java.util.concurrent.TimeUnit;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.openjdk.jmh.infra.ThreadParams;

/** What a client pays: core's service, gate and driver; the model too where a domain is in use and unmap must wait. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xbatch")
@Warmup(iterations = 20, time = 50, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 60, time = 10, timeUnit = TimeUnit.MILLISECONDS)
public class DomainOpsBenchmark {
    /** Begins each invocation with an empty run. */
    @State(Scope.Thread)
    public static class Empty {
        DomainOps ops;
        Domain domain;

        @Setup(Level.Trial)
        public void take(Rigs rigs) {
            ops = rigs.rig.ops;
            domain = rigs.rig.loose;
        }

        @TearDown(Level.Invocation)
        public void empty() {
            ops.unmap(domain, IOVA, RUN_BYTES);
        }
    }

    /** Begins each invocation with a full run. */
    @State(Scope.Thread)
    public static class Full {
        DomainOps ops;
        Domain domain;

        @Setup(Level.Trial)
        public void take(Rigs rigs) {
            ops = rigs.rig.ops;
            domain = rigs.rig.loose;
        }

        @Setup(Level.Invocation)
        public void fill() {
            ops.map(domain, IOVA, PA, RUN_BYTES, RW);
        }
    }

    /** As {@link Full}, in a domain that a device is in. */
    @State(Scope.Thread)
    public static class FullAndInUse {
        DomainOps ops;
        Domain domain;

        @Setup(Level.Trial)
        public void take(Rigs rigs) {
            ops = rigs.rig.ops;
            domain = rigs.rig.strict;
        }

        @Setup(Level.Invocation)
        public void fill() {
            ops.map(domain, IOVA, PA, RUN_BYTES, RW);
        }
    }

    /** A thread's own range in one domain; the table of its first page stays. */
    @State(Scope.Thread)
    public static class Own {
        DomainOps ops;
        Domain domain;
        Domain strict;
        long iova;

        @Setup(Level.Trial)
        public void take(Rigs rigs, ThreadParams thread) {
            ops = rigs.rig.ops;
            domain = rigs.rig.loose;
            strict = rigs.rig.strict;
            iova = IOVA + thread.getThreadIndex() * G1;
            ops.map(domain, iova, PA, RUN_BYTES, RW);
        }
    }

    @Benchmark
    @OperationsPerInvocation(RUN)
    public void map4K(Empty state) {
        DomainOps ops = state.ops;
        Domain domain = state.domain;
        for (int page = 0; page < RUN; page++) {
            ops.map(domain, IOVA + page * K4, PA + page * K4, K4, RW);
        }
    }

    @Benchmark
    @OperationsPerInvocation(RUN)
    public void unmap4K(Full state) {
        DomainOps ops = state.ops;
        Domain domain = state.domain;
        for (int page = 0; page < RUN; page++) {
            ops.unmap(domain, IOVA + page * K4, K4);
        }
    }

    @Benchmark
    @OperationsPerInvocation(RUN)
    public void unmap4KStrict(FullAndInUse state) {
        DomainOps ops = state.ops;
        Domain domain = state.domain;
        for (int page = 0; page < RUN; page++) {
            ops.unmap(domain, IOVA + page * K4, K4);
        }
    }

    @Benchmark
    @OperationsPerInvocation(RUN)
    public void translate(Own state, Blackhole hole) {
        for (int page = 0; page < RUN; page++) {
            hole.consume(state.ops.translate(state.domain, state.iova + page * K4));
        }
    }

    @Benchmark
    public void pair4K(Own state) {
        state.ops.map(state.domain, state.iova + RUN_BYTES, PA, K4, RW);
        state.ops.unmap(state.domain, state.iova + RUN_BYTES, K4);
    }

    @Benchmark
    @Threads(2)
    public void pair4KTwoThreads(Own state) {
        pair4K(state);
    }

    @Benchmark
    public void pair4KStrict(Own state) {
        state.ops.map(state.strict, state.iova, PA, K4, RW);
        state.ops.unmap(state.strict, state.iova, K4);
    }

    @Benchmark
    public void pair64K(Own state) {
        state.ops.map(state.domain, state.iova + RUN_BYTES, PA, K64, RW);
        state.ops.unmap(state.domain, state.iova + RUN_BYTES, K64);
    }

    @Benchmark
    public void pair256Pages(Own state) {
        state.ops.map(state.domain, state.iova + RUN_BYTES, PA, RUN_BYTES, RW);
        state.ops.unmap(state.domain, state.iova + RUN_BYTES, RUN_BYTES);
    }

    @Benchmark
    public void pair2M(Own state) {
        state.ops.map(state.domain, state.iova + M2, 0, M2, RW);
        state.ops.unmap(state.domain, state.iova + M2, M2);
    }

    @Benchmark
    public void pair1G(Own state) {
        state.ops.map(state.domain, state.iova + 8 * G1, 0, G1, RW);
        state.ops.unmap(state.domain, state.iova + 8 * G1, G1);
    }
}
