package org.iommu4j.core.handover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.iommu4j.api.Domain;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.status.SwapReport;
import org.iommu4j.core.fake.Bench;
import org.iommu4j.core.fake.FakeDriver;
import org.iommu4j.core.unit.Candidate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.Version;

class BundleSwapTest {
    private static final int RW = Protection.READ | Protection.WRITE;

    @TempDir
    Path directory;
    private final Bench bench = new Bench();
    private final FakeDriver one = new FakeDriver();
    private final FakeDriver two = new FakeDriver();
    private final FakeBundles bundles = new FakeBundles();
    private final BundleSwap swaps =
            new BundleSwap(bundles, bench.drivers, () -> List.of(bench.board.helm()), Bench.SHORT);
    private Candidate old;
    private Domain domain;
    private Path jar;

    /** A framework whose only jar brings driver {@code two}. */
    private final class FakeBundles implements Bundles {
        final Map<Long, Candidate> installed = new TreeMap<>();
        final List<String> calls = new ArrayList<>();
        String architecture = "fake";
        boolean bringsDriver = true;

        @Override
        public long install(Path file, long predecessor) {
            calls.add("install");
            return 100;
        }

        @Override
        public void start(long id) {
            calls.add("start " + id);
            if (bringsDriver) {
                installed.put(id, new Candidate(two, architecture, "fake.driver", new Version(0, 9, 0), id, id, 0));
                bench.drivers.add(installed.get(id));
                bench.board.handover().reconsider();
            }
        }

        @Override
        public void uninstall(long id) {
            calls.add("uninstall " + id);
            Candidate gone = installed.remove(id);
            if (gone != null) {
                bench.unbind(gone);
            }
        }
    }

    @BeforeEach
    void start() throws IOException {
        old = bench.bind(one, "1.0.0");
        bundles.installed.put(old.bundleId(), old);
        domain = bench.ops().allocate(bench.group(0));
        bench.domains().map(domain, 0x1000, 0x8000, 0x1000, RW);
        jar = Files.createFile(directory.resolve("next.jar"));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void unchanged() {
        assertEquals(old, bench.inCharge());
        assertEquals(List.of(old), bench.drivers.all());
        assertEquals(0x8000, bench.domains().translate(domain, 0x1000));
        bench.domains().map(domain, 0x4000, 0x8000, 0x1000, RW);
        assertTrue(bench.dma());
    }

    @Test
    void theSuccessorIsInChargeAndPinnedAndThePredecessorUninstalled() {
        SwapReport report = swaps.swap("fake.driver", jar);
        assertEquals("fake.driver 1.0.0", report.from());
        assertEquals("fake.driver 0.9.0", report.to());
        assertEquals(1, report.units());
        assertTrue(report.recordWords() >= 1);
        assertTrue(report.gateClosedNanos() > 0 && report.gateClosedNanos() <= report.totalNanos());
        assertEquals(List.of("install", "start 100", "uninstall 1"), bundles.calls);
        assertEquals(0x8000, bench.domains().translate(domain, 0x1000));
        bench.bind(new FakeDriver(), "9.0.0");
        assertEquals(100, bench.inCharge().bundleId(), "the swap's choice is pinned");
    }

    @Test
    void aBundleCanBeNamedByItsId() {
        assertEquals("fake.driver 0.9.0", swaps.swap("1", jar).to());
    }

    @Test
    void anUnknownBundleIsNoDevice() {
        assertEquals(Reason.NO_DEVICE,
                assertThrows(IommuException.class, () -> swaps.swap("nobody", jar)).reason());
        assertEquals(List.of(), bundles.calls);
        unchanged();
    }

    @Test
    void aJarThatIsNotThereIsBadInput() {
        IommuException e =
                assertThrows(IommuException.class, () -> swaps.swap("fake.driver", directory.resolve("absent.jar")));
        assertEquals(Reason.BAD_INPUT, e.reason());
        unchanged();
    }

    @Test
    void aJarWithoutADriverIsUninstalled() {
        bundles.bringsDriver = false;
        IommuException e = assertThrows(IommuException.class, () -> swaps.swap("fake.driver", jar));
        assertEquals(Reason.BAD_INPUT, e.reason());
        assertTrue(bundles.calls.contains("uninstall 100"));
        unchanged();
    }

    @Test
    void aDriverOfAnotherArchitectureIsUninstalled() {
        bundles.architecture = "other";
        IommuException e = assertThrows(IommuException.class, () -> swaps.swap("fake.driver", jar));
        assertEquals(Reason.BAD_INPUT, e.reason());
        assertTrue(bundles.calls.contains("uninstall 100"));
        unchanged();
    }

    @ParameterizedTest
    @ValueSource(strings = {"probe", "adopt dmar0"})
    void aDriverThatThrowsIsUninstalledAndTheStepIsNamed(String step) {
        two.before(step, () -> {
            throw new IommuException(Reason.BAD_INPUT, step + " does not like it");
        });
        IommuException e = assertThrows(IommuException.class, () -> swaps.swap("fake.driver", jar));
        assertEquals(Reason.BAD_INPUT, e.reason());
        assertTrue(e.getMessage().contains(step), e.getMessage());
        assertTrue(bundles.calls.contains("uninstall 100"));
        unchanged();
    }

    @Test
    void aFailureOnTheSecondMachineGivesTheFirstOneBack() {
        try (Bench other = new Bench()) {
            other.drivers.add(old);
            other.board.handover().reconsider();
            BundleSwap both = new BundleSwap(bundles, bench.drivers,
                    () -> List.of(bench.board.helm(), other.board.helm()), Bench.SHORT);
            two.before("probe", () -> {
                if (two.calls.stream().filter("probe"::equals).count() > 1) {
                    throw new IllegalStateException("second machine");
                }
            });
            assertThrows(IommuException.class, () -> both.swap("fake.driver", jar));
            assertTrue(two.calls.contains("adopt dmar0"));
            assertEquals(old, other.inCharge());
            unchanged();
        }
    }

    @Test
    void aHundredSwapsThereAndBackLoseNothing() {
        for (int i = 0; i < 100; i++) {
            long iova = 0x10_0000L + i * 0x1000L;
            bench.domains().map(domain, iova, 0x8000, 0x1000, RW);
            FakeDriver next = new FakeDriver();
            Candidate to = bench.candidate(next, "1.0." + i);
            bench.drivers.add(to);
            Candidate from = bench.inCharge();
            bench.board.handover().exchange(to);
            bench.unbind(from);
        }
        for (int i = 0; i < 100; i++) {
            assertEquals(0x8000, bench.domains().translate(domain, 0x10_0000L + i * 0x1000L));
        }
    }
}
