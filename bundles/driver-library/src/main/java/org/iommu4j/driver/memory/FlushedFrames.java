package org.iommu4j.driver.memory;

import org.iommu4j.api.machine.Machine;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.TablePool;

/**
 * Frames for tables of a unit that does not snoop processor caches: their zeroes are in memory before anybody can link
 * them. Hardware may see a link at any time, because a processor may write a line back on its own.
 */
public record FlushedFrames(PageAllocator frames, Machine machine) implements PageAllocator {
    @Override
    public String owner() {
        return frames.owner();
    }

    @Override
    public long allocate(int sizeLg2) {
        long pa = frames.allocate(sizeLg2);
        machine.flush(pa, 1L << sizeLg2);
        return pa;
    }

    @Override
    public void free(long pa, int sizeLg2) {
        frames.free(pa, sizeLg2);
    }

    @Override
    public long held() {
        return frames.held();
    }

    @Override
    public TablePool pool() {
        return frames.pool();
    }
}
