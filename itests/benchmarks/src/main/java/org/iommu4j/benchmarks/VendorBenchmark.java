package org.iommu4j.benchmarks;

import static org.iommu4j.benchmarks.Pages.IOVA;
import static org.iommu4j.benchmarks.Pages.K4;
import static org.iommu4j.benchmarks.Pages.PA;
import static org.iommu4j.benchmarks.Pages.RUN;
import static org.iommu4j.benchmarks.Pages.RUN_BYTES;
import static org.iommu4j.benchmarks.Pages.RW;

import java.util.concurrent.TimeUnit;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.Gather;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** What {@link DriverDomainBenchmark} measures, of the other vendors' drivers; all are in the JVM. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xbatch")
@Warmup(iterations = 20, time = 50, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 60, time = 10, timeUnit = TimeUnit.MILLISECONDS)
public class VendorBenchmark {
    /** A domain without a device, one with, and core's service. */
    @State(Scope.Thread)
    public static class Own {
        @Param({"smmuv3", "amdvi"})
        public String architecture;
        final Gather gather = new Gather();
        Rig rig;
        DriverDomain domain;

        @Setup(Level.Trial)
        public void build() {
            rig = Rigs.measured(Vendor.of(architecture), Vendor.values());
            domain = rig.unattached;
        }

        void fill() {
            domain.map(IOVA, PA, RUN_BYTES, RW, gather);
        }

        void empty() {
            domain.unmap(IOVA, RUN_BYTES, gather);
            gather.clear();
        }
    }

    /** Emptied after each invocation. */
    @State(Scope.Thread)
    public static class Empty extends Own {
        @TearDown(Level.Invocation)
        public void after() {
            empty();
        }
    }

    /** Filled before each invocation. */
    @State(Scope.Thread)
    public static class Full extends Own {
        @Setup(Level.Invocation)
        public void before() {
            gather.clear();
            fill();
        }
    }

    /** Full all the time. */
    @State(Scope.Thread)
    public static class Mapped extends Own {
        @Setup(Level.Iteration)
        public void before() {
            fill();
        }

        @TearDown(Level.Iteration)
        public void after() {
            empty();
        }
    }

    /** A run in a domain that a device is in, filled before each invocation. */
    @State(Scope.Thread)
    public static class InUse extends Own {
        @Setup(Level.Invocation)
        public void before() {
            rig.ops.map(rig.strict, IOVA, PA, RUN_BYTES, RW);
        }
    }

    @Benchmark
    @OperationsPerInvocation(RUN)
    public void map4K(Empty state) {
        for (int page = 0; page < RUN; page++) {
            state.domain.map(IOVA + page * K4, PA + page * K4, K4, RW, state.gather);
        }
    }

    @Benchmark
    @OperationsPerInvocation(RUN)
    public void unmap4K(Full state) {
        for (int page = 0; page < RUN; page++) {
            state.domain.unmap(IOVA + page * K4, K4, state.gather);
        }
    }

    @Benchmark
    @OperationsPerInvocation(RUN)
    public void translate(Mapped state, Blackhole hole) {
        for (int page = 0; page < RUN; page++) {
            hole.consume(state.domain.translate(IOVA + page * K4, state.gather));
        }
    }

    @Benchmark
    public void pair4K(Mapped state) {
        state.domain.map(IOVA + RUN_BYTES, PA, K4, RW, state.gather);
        state.domain.unmap(IOVA + RUN_BYTES, K4, state.gather);
        state.gather.clear();
    }

    @Benchmark
    @OperationsPerInvocation(RUN)
    public void unmap4KStrict(InUse state) {
        DomainOps ops = state.rig.ops;
        for (int page = 0; page < RUN; page++) {
            ops.unmap(state.rig.strict, IOVA + page * K4, K4);
        }
    }
}
