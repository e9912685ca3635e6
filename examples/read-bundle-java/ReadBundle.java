// Reads a bundle of contract-kit: checks every file, and counts the cases by kind and expectation.
// In a test suite, give `body` to the consumer where it is counted here.
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

public class ReadBundle {
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args.length > 0 ? args[0] : "fixtures");
        // index.tsv is the manifest in short: file, sha256, kind, expect, method, id; Java has no JSON reader of its own.
        List<String> lines = Files.readAllLines(folder.resolve("index.tsv"));
        if (!lines.get(0).startsWith("file\tsha256\tkind\texpect\t")) {
            throw new IllegalStateException(folder + ": not a bundle that this reader knows");
        }
        Map<String, Integer> counts = new LinkedHashMap<>();
        List<String> damaged = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] column = line.split("\t", -1);
            byte[] body = Files.readAllBytes(folder.resolve(column[0])); // bytes: decoding is the consumer's business
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
            if (!HexFormat.of().formatHex(digest).equals(column[1])) damaged.add(column[0]);
            counts.merge(column[2] + " " + column[3], 1, Integer::sum);
        }
        System.out.printf("%d cases, %d damaged%n", lines.size() - 1, damaged.size());
        counts.forEach((key, count) -> System.out.println(key + " " + count));
        damaged.forEach(file -> System.err.println("damaged: " + file));
        System.exit(damaged.isEmpty() ? 0 : 1);
    }
}
