package gencache_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestSamplesPrintWhatTheyShould(t *testing.T) {
	expected := os.Getenv("GENCACHE_SAMPLES")
	if expected == "" {
		t.Fatal("GENCACHE_SAMPLES does not name the directory of what the samples print")
	}
	programs := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", programs, "./samples/...").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range []string{"quickstart", "wrap", "stampede", "batch"} {
		name := name
		text, err := os.ReadFile(filepath.Join(expected, name+".txt"))
		check(t, err)
		t.Run(name, func(t *testing.T) {
			everyStore(t, func(t *testing.T, url string) {
				for run := 0; run < 2; run++ { // the second one finds what the first one has left
					sample := exec.Command(filepath.Join(programs, name))
					sample.Env = append(os.Environ(), "GENCACHE_URL="+url)
					out, err := sample.CombinedOutput()
					if err != nil || string(out) != string(text) {
						t.Errorf("run %d: %v\n%s", run, err, out)
					}
				}
			})
		})
	}
}

func TestReadmeShowsTheQuickstart(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	check(t, err)
	sample, err := os.ReadFile("samples/quickstart/main.go")
	check(t, err)
	if !strings.Contains(string(readme), "```go\n"+string(sample)+"```\n") {
		t.Error("README.md does not show samples/quickstart/main.go as it is")
	}
}
