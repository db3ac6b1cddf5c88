package org.iommu4j.hwsim.pci;

import org.iommu4j.hwsim.definition.DeviceDefinition;

/**
 * Header layout 1 beyond {@link CommonHeader}; PCI-to-PCI Bridge Architecture 1.2 section 3.2, PCI Express Base 5.0
 * section 7.5.1.3. The bridge has no base address registers, no I/O and no prefetchable window (they read as zero).
 * <pre>
 *        31           24 23           16 15            8 7             0
 *       +---------------+---------------+---------------+---------------+
 *  0x18 | sec. latency  |  subordinate  |   secondary   |    primary    |
 *       +---------------+---------------+---------------+---------------+
 *  0x20 |  memory limit 31:20   |   0   |  memory base 31:20    |   0   |
 *       +-------------------------------+-------------------------------+
 *  0x3c |        bridge control         |                               |
 *       +-------------------------------+-------------------------------+
 * </pre>
 */
public final class BridgeHeader {
    public static final int LAYOUT = 1;
    public static final int PRIMARY = 0x18;
    public static final int SECONDARY = 0x19;
    public static final int SUBORDINATE = 0x1a;
    public static final int MEMORY_BASE = 0x20;
    public static final int MEMORY_LIMIT = 0x22;
    public static final int BRIDGE_CONTROL = 0x3e;

    private static final int WINDOW_WRITABLE = 0xfff0;
    private static final int WINDOW_SHIFT = 16;
    /** Bridge control: parity error response, SERR# enable. */
    private static final int CONTROL_WRITABLE = 3;

    private BridgeHeader() {
    }

    /** @param window memory that the bridge forwards downwards; an empty one is closed: base above limit */
    static void write(ConfigurationSpace space, DeviceDefinition bridge, BarWindow.Range window) {
        space.define8(PRIMARY, bridge.address().bus(), 0);
        space.define8(SECONDARY, bridge.secondary(), 0);
        space.define8(SUBORDINATE, bridge.subordinate(), 0);
        int base = window.empty() ? WINDOW_WRITABLE : (int) (window.first() >>> WINDOW_SHIFT) & WINDOW_WRITABLE;
        int limit = window.empty() ? 0 : (int) (window.last() >>> WINDOW_SHIFT) & WINDOW_WRITABLE;
        space.define16(MEMORY_BASE, base, WINDOW_WRITABLE);
        space.define16(MEMORY_LIMIT, limit, WINDOW_WRITABLE);
        space.define16(BRIDGE_CONTROL, 0, CONTROL_WRITABLE);
    }
}
