package org.iommu4j.hwsim.amdvi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.iommu4j.hwsim.definition.DefinitionFile;
import org.iommu4j.hwsim.definition.DeviceDefinition;
import org.iommu4j.hwsim.pci.BarWindow;
import org.iommu4j.hwsim.pci.ConfigurationSpace;
import org.iommu4j.hwsim.pci.FunctionConfiguration;
import org.junit.jupiter.api.Test;

/** AMD 48882 section 2.5, 3.4.3, 3.4.9 to 3.4.11, 3.4.14: the event log and its interrupt. */
class EventLogTest {
    private static final long FAULT = 0x2000_0005_0000_0010L;
    private static final long LOG_OFF = AmdBench.ON & ~4L;
    private static final long INTERRUPTS = AmdBench.ON | 0x18;
    private static final long MESSAGE = 0xfee0_0000L << 32 | 0x41;

    private static ConfigurationSpace function(AmdBench bench, boolean enabled) {
        List<DeviceDefinition> devices = DefinitionFile.load("amd").devices();
        ConfigurationSpace function = FunctionConfiguration.of(
                devices.stream().filter(device -> device.unit().isPresent()).findFirst().orElseThrow(),
                new BarWindow(devices));
        bench.model.attach(function);
        // PCI 3.0 section 6.8.1: address, data, enable
        function.write(0x68, 0xfee0_0000);
        function.write(0x70, 0x41);
        function.write(0x64, enabled ? 1 << 16 : 0);
        return function;
    }

    @Test
    void eventsFillTheRing() {
        try (AmdBench bench = AmdBench.host()) {
            for (int i = 0; i < 1000; i++) {
                bench.read(0x5000 + 16 * i);
                assertEquals(16 * (i + 1) & 0xfff, bench.registers.read64(AmdBench.EVENT_TAIL));
                assertArrayEquals(new long[] {FAULT, 0x5000 + 16 * i}, bench.event());
            }
        }
    }

    @Test
    void aFullLogOverflowsStopsAndIsStartedAgain() {
        try (AmdBench bench = AmdBench.host()) {
            for (int i = 0; i < 255; i++) {
                bench.read(16 * i);
            }
            assertEquals(0x1a, bench.registers.read64(AmdBench.STATUS));
            bench.read(0x9000);
            assertEquals(0x13, bench.registers.read64(AmdBench.STATUS), "EventOverflow, EventLogRun 0");
            assertEquals(0xff0, bench.registers.read64(AmdBench.EVENT_TAIL));
            for (int i = 0; i < 255; i++) {
                assertArrayEquals(new long[] {FAULT, 16 * i}, bench.event());
            }
            bench.read(0xa000);
            assertArrayEquals(new long[2], bench.event(), "it does not run");
            bench.registers.write64(AmdBench.STATUS, 3);
            bench.read(0xb000);
            assertEquals(0x10, bench.registers.read64(AmdBench.STATUS), "EventLogEn must be switched");
            bench.registers.write64(AmdBench.CONTROL, LOG_OFF);
            bench.registers.write64(AmdBench.CONTROL, AmdBench.ON);
            bench.read(0xc000);
            assertArrayEquals(new long[] {FAULT, 0xc000}, bench.event());
        }
    }

    @Test
    void switchingTheLogWithoutClearingTheOverflowDoesNotStartIt() {
        try (AmdBench bench = AmdBench.host()) {
            for (int i = 0; i < 256; i++) {
                bench.read(0x5000);
            }
            bench.registers.write64(AmdBench.CONTROL, LOG_OFF);
            bench.registers.write64(AmdBench.CONTROL, AmdBench.ON);
            assertEquals(0x13, bench.registers.read64(AmdBench.STATUS));
        }
    }

    @Test
    void anInterruptIsSentWhenTheLogIsNoLongerServed() {
        try (AmdBench bench = AmdBench.host()) {
            function(bench, true);
            bench.read(0x5000);
            assertEquals(List.of(), bench.messages, "EventIntEn 0");
            bench.registers.write64(AmdBench.CONTROL, INTERRUPTS);
            assertEquals(List.of(MESSAGE), bench.messages);
            bench.read(0x5000);
            assertEquals(1, bench.messages.size(), "EventLogInt is still set");
            bench.registers.write32(AmdBench.STATUS, 2);
            bench.read(0x5000);
            assertEquals(2, bench.messages.size());
            bench.submit(AmdBench.WAIT | 2, 1);
            assertEquals(3, bench.messages.size(), "ComWaitInt");
        }
    }

    @Test
    void withoutMsiEnableThereAreNoMessages() {
        try (AmdBench bench = AmdBench.host()) {
            function(bench, false);
            bench.registers.write64(AmdBench.CONTROL, INTERRUPTS);
            bench.read(0x5000);
            assertEquals(List.of(), bench.messages);
            assertEquals(0x1a, bench.registers.read64(AmdBench.STATUS));
        }
    }

    @Test
    void theFunctionShowsTheCapabilityBlock() {
        try (AmdBench bench = new AmdBench()) {
            ConfigurationSpace function = function(bench, true);
            // Class 0806h; the block at 40h (3.2): header, base with Enable, base high, range, sizes; then MSI at 64h
            assertEquals(0x0806_0000, function.read(8));
            assertEquals(0x180b_640f, function.read(0x40));
            assertEquals(0xfeb8_0001, function.read(0x44));
            assertEquals(0, function.read(0x48));
            assertEquals(64 << 15 | 46 << 8 | 2 << 5, function.read(0x50));
            assertEquals(0x0081_0005, function.read(0x64), "enabled");
            function.write(0x44, 0);
            assertEquals(0xfeb8_0001, function.read(0x44), "locked");
        }
    }

    @Test
    void saSuppressesAllPageFaultsAndSeAllButTheFirst() {
        try (AmdBench bench = new AmdBench().entry(AmdBench.RID, 3, 5 | 1L << 34, 0).start()) {
            bench.read(0x5000);
            assertArrayEquals(new long[2], bench.event());
        }
        try (AmdBench bench = new AmdBench().entry(AmdBench.RID, 3, 5 | 1L << 33, 0).start()) {
            bench.read(0x5000);
            bench.read(0x6000);
            assertEquals(0x5000, bench.event()[1]);
            assertArrayEquals(new long[2], bench.event());
            bench.submit(AmdBench.DEVICE | AmdBench.RID + 1, 0);
            bench.read(0x7000);
            assertArrayEquals(new long[2], bench.event());
            bench.submit(AmdBench.DEVICE | AmdBench.RID, 0);
            bench.read(0x8000);
            assertEquals(0x8000, bench.event()[1]);
        }
    }

    @Test
    void aLogThatIsNoMemoryStops() {
        try (AmdBench bench = new AmdBench(AmdBench.HEADER, AmdBench.EFR | AmdBench.HE_SUP, AmdCaches.DEFAULT, 1)) {
            bench.host(3).start();
            bench.registers.write64(AmdBench.CONTROL, LOG_OFF);
            bench.registers.write64(AmdBench.EVENT_BASE, 0x4000_0000L | 8L << 56);
            bench.registers.write64(AmdBench.CONTROL, AmdBench.ON);
            bench.read(0x5000);
            bench.read(0x6000);
            assertEquals(0x10, bench.registers.read64(AmdBench.STATUS));
            // HEV; the upper and lower register hold the event
            assertEquals(1, bench.registers.read64(0x50));
            assertEquals(FAULT | 0x50L << 48, bench.registers.read64(0x40));
            assertEquals(0x5000, bench.registers.read64(0x48));
            bench.registers.write64(0x50, 0);
            assertEquals(0, bench.registers.read64(0x50));
            // Hardware errors are kept as such: a device table that is no memory; HEO: another one
            bench.registers.write64(AmdBench.DEVICE_TABLE_BASE, 0x4000_0000L);
            bench.submit(AmdBench.ALL, 0);
            bench.read(0x5000);
            assertEquals(1, bench.registers.read64(0x50));
            assertEquals(0x3200_0000_0000_0010L, bench.registers.read64(0x40));
            assertEquals(0x4000_0200L, bench.registers.read64(0x48));
            bench.read(0x5000);
            assertEquals(3, bench.registers.read64(0x50));
        }
    }

    @Test
    void baseIsLockedWhileTheLogRuns() {
        try (AmdBench bench = AmdBench.host()) {
            bench.read(0x5000);
            bench.registers.write64(AmdBench.EVENT_BASE, 0x18_0000);
            bench.registers.write64(AmdBench.EVENT_TAIL, 0);
            assertEquals(AmdBench.EVENTS | 8L << 56, bench.registers.read64(AmdBench.EVENT_BASE));
            assertEquals(0x10, bench.registers.read64(AmdBench.EVENT_TAIL));
        }
    }
}
