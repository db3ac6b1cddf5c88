package org.iommu4j.qemu.pci;

import java.util.ArrayList;
import java.util.List;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.machine.PciFunction;
import org.iommu4j.api.machine.RegisterSpace;
import org.iommu4j.qemu.qtest.QtestRegisters;

/**
 * Finds all functions, depth first. Buses get ascending numbers, base address registers for memory get addresses one
 * after the other, and every function is let onto the bus. I/O addresses are left alone.
 */
public final class BusScan {
    private static final long WINDOW = 1 << 20;
    private static final int DEVICES = 32;
    private static final int FUNCTIONS = 8;

    private final ConfigurationWindow window;
    private final boolean running;
    private final List<PciFunction> found = new ArrayList<>();
    private long next;
    private int lastBus;

    private BusScan(ConfigurationWindow window, boolean running) {
        this.window = window;
        this.running = running;
        this.next = window.bars();
    }

    /**
     * All functions of segment 0, sorted by address.
     *
     * @param running the machine runs since an earlier scan: every number and address is found to be the same again,
     * and who may do DMA stays as it is
     */
    public static List<PciFunction> functions(ConfigurationWindow window, boolean running) {
        BusScan scan = new BusScan(window, running);
        scan.bus(0);
        scan.found.sort((one, other) -> one.address().compareTo(other.address()));
        return List.copyOf(scan.found);
    }

    private void bus(int bus) {
        for (int device = 0; device < DEVICES; device++) {
            int functions = 1;
            for (int function = 0; function < functions; function++) {
                PciAddress address = PciAddress.of(0, bus, device, function);
                RegisterSpace configuration = window.of(address);
                if (configuration.read32(Header.ID) != Header.ABSENT) {
                    function(address, configuration);
                    if (function == 0 && Header.isMultifunction(configuration.read32(Header.TYPE))) {
                        functions = FUNCTIONS;
                    }
                }
            }
        }
    }

    private void function(PciAddress address, RegisterSpace configuration) {
        int type = configuration.read32(Header.TYPE);
        RegisterSpace[] bars = bars(configuration, Header.bases(type));
        if (Header.isBridge(type)) {
            behind(address, configuration);
        }
        QemuFunction function = new QemuFunction(address, configuration, bars);
        if (!running) {
            function.start();
        }
        found.add(function);
    }

    private RegisterSpace[] bars(RegisterSpace configuration, int count) {
        RegisterSpace[] bars = new RegisterSpace[count];
        for (int i = 0; i < count; i++) {
            int offset = Header.BAR + i * Integer.BYTES;
            configuration.write32(offset, Header.ABSENT);
            int mask = configuration.read32(offset);
            configuration.write32(offset, 0);
            if (mask == 0 || (mask & Header.BAR_IO) != 0) {
                continue;
            }
            long size = Integer.toUnsignedLong(-(mask & ~Header.BAR_FLAGS));
            long base = take(size);
            bars[i] = new QtestRegisters(window.qemu(), base, size);
            configuration.write32(offset, (int) base);
            if ((mask & Header.BAR_TYPE) == Header.BAR_64_BITS) {
                configuration.write32(offset + Integer.BYTES, 0);
                i++;
            }
        }
        return bars;
    }

    private void behind(PciAddress bridge, RegisterSpace configuration) {
        int secondary = ++lastBus;
        // While what is behind it is numbered, it passes every higher number on.
        configuration.write32(Header.BUSES, Header.buses(bridge.bus(), secondary, (1 << Byte.SIZE) - 1));
        long base = take(WINDOW, 0);
        bus(secondary);
        long end = take(WINDOW, 0);
        configuration.write32(Header.BUSES, Header.buses(bridge.bus(), secondary, lastBus));
        configuration.write32(Header.MEMORY_WINDOW,
                end > base ? Header.window(base, end - 1) : Header.CLOSED_WINDOW);
        configuration.write32(Header.PREFETCHABLE_WINDOW, Header.CLOSED_WINDOW);
    }

    private long take(long size) {
        return take(size, size);
    }

    private long take(long alignment, long size) {
        long base = next + alignment - 1 & -alignment;
        next = base + size;
        return base;
    }
}
