package org.iommu4j.wires;

import aQute.bnd.osgi.Domain;
import aQute.bnd.osgi.Jar;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * What one built jar says to the container.
 *
 * @param file         the jar's name without {@code .jar}
 * @param symbolicName its Bundle-SymbolicName
 * @param exports      exported packages
 * @param imports      imported packages
 * @param classes      content of each class file, by its path in the jar
 * @param references   every {@code <reference>} of every component
 */
record BuiltBundle(String file, String symbolicName, Set<String> exports, Set<String> imports,
        Map<String, byte[]> classes, List<Reference> references) {

    /** One reference of one component; an attribute that was not spelled is the empty string. */
    record Reference(String component, String name, String service, String cardinality, String policy,
            String policyOption) {
    }

    /** All bundles of this build, found where the build put them ({@code bundles.dir}). */
    static List<BuiltBundle> all() {
        String folder = System.getProperty("bundles.dir");
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            return files.filter(f -> f.toString().endsWith(".jar")).sorted().map(BuiltBundle::read).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + folder, e);
        }
    }

    /** The packages that hold a class of this bundle. */
    Set<String> packages() {
        return classes.keySet().stream()
                .map(path -> path.substring(0, path.lastIndexOf('/')).replace('/', '.'))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static BuiltBundle read(Path path) {
        String file = path.getFileName().toString().replace(".jar", "");
        try (Jar jar = new Jar(path.toFile())) {
            Domain manifest = Domain.domain(jar.getManifest());
            Map<String, byte[]> classes = new TreeMap<>();
            for (String entry : jar.getResources().keySet()) {
                if (entry.endsWith(".class")) {
                    classes.put(entry, content(jar, entry));
                }
            }
            return new BuiltBundle(file, manifest.getBundleSymbolicName().getKey(),
                    manifest.getExportPackage().keySet(), manifest.getImportPackage().keySet(), classes,
                    references(jar, manifest.get("Service-Component")));
        } catch (Exception e) {
            throw new IllegalStateException("cannot read " + path, e);
        }
    }

    private static List<Reference> references(Jar jar, String serviceComponent) throws Exception {
        List<Reference> found = new ArrayList<>();
        if (serviceComponent == null) {
            return found;
        }
        for (String entry : Arrays.stream(serviceComponent.split(",")).map(String::trim).toList()) {
            Element component = parse(content(jar, entry)).getDocumentElement();
            NodeList elements = component.getElementsByTagName("reference");
            for (int i = 0; i < elements.getLength(); i++) {
                Element e = (Element) elements.item(i);
                found.add(new Reference(component.getAttribute("name"), e.getAttribute("name"),
                        e.getAttribute("interface"), e.getAttribute("cardinality"), e.getAttribute("policy"),
                        e.getAttribute("policy-option")));
            }
        }
        return found;
    }

    private static byte[] content(Jar jar, String entry) throws Exception {
        try (InputStream in = jar.getResource(entry).openInputStream()) {
            return in.readAllBytes();
        }
    }

    private static Document parse(byte[] xml) throws ParserConfigurationException, SAXException, IOException {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(xml));
    }
}
