package org.iommu4j.system.differential;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What calls that were carried out have made true: mappings by domain, and the domain of each device. One thread. */
final class Ledger {
    /** In place of a domain: nothing is allowed. */
    static final int BLOCKED = -1;
    static final long PAGE = 4096;

    private final List<Map<Long, Leaf>> domains;
    private final int[] domainOf;
    private final Set<List<Integer>> known = new HashSet<>();
    private int maps;

    /**
     * A mapped page.
     *
     * @param offset of its memory in the machine's block of frames
     * @param granted {@link org.iommu4j.api.Protection} bits that are in force
     * @param map number of the call that made it
     */
    record Leaf(long offset, int granted, int map) {
    }

    Ledger(int domains, int devices) {
        this.domains = Stream.generate(() -> (Map<Long, Leaf>) new HashMap<Long, Leaf>()).limit(domains).toList();
        this.domainOf = IntStream.generate(() -> BLOCKED).limit(devices).toArray();
    }

    void mapped(int domain, long iova, long offset, long length, int granted) {
        maps++;
        for (long at = 0; at < length; at += PAGE) {
            domains.get(domain).put(iova + at, new Leaf(offset + at, granted, maps));
        }
    }

    void unmapped(int domain, long iova, long length) {
        for (long at = 0; at < length; at += PAGE) {
            domains.get(domain).remove(iova + at);
        }
    }

    void emptied(int domain) {
        domains.get(domain).clear();
    }

    void moved(int device, int domain) {
        domainOf[device] = domain;
    }

    /** @return {@link #BLOCKED} or its number */
    int domainOf(int device) {
        return domainOf[device];
    }

    boolean isUsed(int domain) {
        return IntStream.of(domainOf).anyMatch(each -> each == domain);
    }

    /** The page under an address, or null. */
    Leaf leaf(int domain, long iova) {
        return domains.get(domain).get(iova & -PAGE);
    }

    /** The page under an address as a device sees it, or null. */
    Leaf leafOf(int device, long iova) {
        return domainOf[device] == BLOCKED ? null : leaf(domainOf[device], iova);
    }

    /** Addresses that are mapped in a domain, in no order. */
    Set<Long> pages(int domain) {
        return domains.get(domain).keySet();
    }

    /** Notes that a device has used a page. @return false if it had not used what the same map call made */
    boolean use(int device, Leaf leaf) {
        return !known.add(List.of(device, leaf.map));
    }
}
