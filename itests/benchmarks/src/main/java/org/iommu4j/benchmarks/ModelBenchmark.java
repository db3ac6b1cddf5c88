package org.iommu4j.benchmarks;

import static org.iommu4j.benchmarks.Pages.G1;
import static org.iommu4j.benchmarks.Pages.K4;
import static org.iommu4j.benchmarks.Pages.M2;
import static org.iommu4j.benchmarks.Pages.RW;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.iommu4j.api.Protection;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.hwsim.definition.InterruptWindow;
import org.iommu4j.hwsim.device.BusRoute;
import org.iommu4j.hwsim.device.DmaPort;
import org.iommu4j.hwsim.device.Preemption;
import org.iommu4j.hwsim.machine.Requester;
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
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * The model as a device's thread sees it: bursts of {@link #BURST} translations, then copies. Its walk cache has one
 * entry, so that a miss walks all levels but those it shares with the miss before.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xbatch")
@Warmup(iterations = 20, time = 50, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 60, time = 10, timeUnit = TimeUnit.MILLISECONDS)
public class ModelBenchmark {
    static final int BURST = 64;
    private static final int SPREAD = 4096;
    private static final int COPIED = 16;

    /** A device behind a domain with one page in each of {@link #SPREAD} tables. */
    public abstract static class Device {
        final byte[] page = new byte[(int) K4];
        Requester requester;
        DmaPort port;
        final BusRoute route = new BusRoute(Rig.RID, 0);
        /** A permutation of the spread pages, gone through in turn. */
        final long[] pages = new long[SPREAD];
        int next;

        void take(Rig rig) {
            Gather gather = new Gather();
            for (int i = 0; i < SPREAD; i++) {
                rig.attached.map(8 * G1 + i * M2, G1, K4, RW, gather);
                pages[i * 2731 & SPREAD - 1] = 8 * G1 + i * M2;
            }
            for (int i = 0; i < BURST; i++) {
                rig.attached.map(G1 + i * K4, G1 - i * K4, K4, RW, gather);
            }
            requester = rig.requester();
            port = new DmaPort(rig.memory(), InterruptWindow.APIC, (address, data) -> false, new Preemption(),
                    List.of(requester));
        }
    }

    /** Behind tables of 4 levels. */
    @State(Scope.Thread)
    public static class FourLevels extends Device {
        @Setup(Level.Trial)
        public void take(Rigs rigs) {
            take(rigs.rig);
        }
    }

    /** Behind tables of 3 levels. */
    @State(Scope.Thread)
    public static class ThreeLevels extends Device {
        @Setup(Level.Trial)
        public void take() {
            take(new Rig("three", Vendor.VTD, 3, DriverJars.load(Vendor.VTD)));
        }
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public void hit(FourLevels device, Blackhole hole) {
        Requester requester = device.requester;
        requester.enter();
        for (int i = 0; i < BURST; i++) {
            hole.consume(requester.translate(Rig.RID, Requester.NO_PASID, G1 + i, Protection.READ));
        }
        requester.exit();
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public void hotPages(FourLevels device, Blackhole hole) {
        Requester requester = device.requester;
        requester.enter();
        for (int i = 0; i < BURST; i++) {
            hole.consume(requester.translate(Rig.RID, Requester.NO_PASID, G1 + i * K4, Protection.READ));
        }
        requester.exit();
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public void missOfFourLevels(FourLevels device, Blackhole hole) {
        misses(device, hole);
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public void missOfThreeLevels(ThreeLevels device, Blackhole hole) {
        misses(device, hole);
    }

    private static void misses(Device device, Blackhole hole) {
        Requester requester = device.requester;
        int next = device.next;
        requester.enter();
        for (int i = 0; i < BURST; i++) {
            hole.consume(requester.translate(Rig.RID, Requester.NO_PASID, device.pages[next + i], Protection.READ));
        }
        requester.exit();
        device.next = next + BURST & SPREAD - 1;
    }

    @Benchmark
    public void copy4K(FourLevels device) {
        device.port.begin(device.route);
        copy(device, 0);
        device.port.end();
    }

    @Benchmark
    public void copy64K(FourLevels device) {
        device.port.begin(device.route);
        for (int i = 0; i < COPIED; i++) {
            copy(device, i);
            device.port.breathe();
        }
        device.port.end();
    }

    private static void copy(Device device, int at) {
        DmaPort port = device.port;
        boolean done = port.read(G1 + at * K4, device.page, 0, (int) K4)
                && port.write(G1 + (COPIED + at) * K4, device.page, 0, (int) K4);
        if (!done) {
            throw new IllegalStateException("aborted");
        }
    }
}
